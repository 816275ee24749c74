import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.Socket;

public class Serveur {
    public static void main(String[] args) throws IOException {
        ServerSocket ecoute = new ServerSocket(65432);
        Socket connexion = ecoute.accept();
        connexion.getOutputStream().write(
                "Bonjour Client, je suis le serveur 65432, la connexion est établie".getBytes("UTF-8"));
        BufferedReader entree = new BufferedReader(
                new InputStreamReader(connexion.getInputStream(), "UTF-8"));
        System.out.println(entree.readLine());
        System.out.println(entree.readLine());
        connexion.close();
        ecoute.close();
    }
}
