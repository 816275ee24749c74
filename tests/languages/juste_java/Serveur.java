import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

public class Serveur {
    static String recevoir(InputStream entree) throws IOException {
        byte[] tampon = new byte[1024];
        int lus = entree.read(tampon);
        return lus < 0 ? "" : new String(tampon, 0, lus, StandardCharsets.UTF_8);
    }

    public static void main(String[] arguments) throws IOException {
        try (ServerSocket ecoute = new ServerSocket(65432); Socket connexion = ecoute.accept()) {
            String accueil = "Bonjour Client, je suis le serveur 65432, la connexion est établie";
            connexion.getOutputStream().write(accueil.getBytes(StandardCharsets.UTF_8));
            System.out.println(recevoir(connexion.getInputStream()));
            System.out.println(recevoir(connexion.getInputStream()));
        }
    }
}
