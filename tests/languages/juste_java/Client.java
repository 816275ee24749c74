import java.net.Socket;
import java.nio.charset.StandardCharsets;

public class Client {
    public static void main(String[] args) throws Exception {
        Socket socket = new Socket("localhost", 65432);
        byte[] tampon = new byte[1024];
        int lus = socket.getInputStream().read(tampon);
        System.out.println(new String(tampon, 0, lus, StandardCharsets.UTF_8));
        for (String texte : new String[] {
                "Bonjour Serveur 65432, nous sommes donc dans la phase de transfert",
                "Serveur 65432, je vous dis au revoir"}) {
            socket.getOutputStream().write(texte.getBytes(StandardCharsets.UTF_8));
        }
        socket.close();
    }
}
