import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.net.ServerSocket;
import java.net.Socket;

public class Serveur {
    private static void afficher(InputStream entree) throws IOException {
        byte[] tampon = new byte[1024];
        int lus = entree.read(tampon);
        if (lus > 0) {
            System.out.println(new String(tampon, 0, lus, "UTF-8"));
        }
    }

    public static void main(String[] args) throws IOException {
        try (ServerSocket ecoute = new ServerSocket(65432); Socket connexion = ecoute.accept()) {
            PrintWriter sortie = new PrintWriter(
                    new OutputStreamWriter(connexion.getOutputStream(), "UTF-8"));
            sortie.print("Bonjour Client, je suis le serveur 65432, la connexion est établie");
            afficher(connexion.getInputStream());
            afficher(connexion.getInputStream());
        }
    }
}
