import java.io.InputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

public class Client {
    static String recevoir(InputStream entree) throws Exception {
        List<String> messages = new ArrayList<>();
        byte[] tampon = new byte[1024];
        int lus = entree.read(tampon);
        String message = new String(tampon, 0, lus, "UTF-8");
        return messages.get(0);
    }

    public static void main(String[] args) throws Exception {
        Socket socket = new Socket("localhost", 65432);
        System.out.println(recevoir(socket.getInputStream()));
        for (String texte : new String[] {
                "Bonjour Serveur 65432, nous sommes donc dans la phase de transfert",
                "Serveur 65432, je vous dis au revoir"}) {
            socket.getOutputStream().write(texte.getBytes("UTF-8"));
        }
        socket.close();
    }
}
