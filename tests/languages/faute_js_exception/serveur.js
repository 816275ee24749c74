const net = require('net');

const serveur = net.createServer((connexion) => {
  connexion.write('Bonjour Client, je suis le serveur 65432, la connexion est établie');
  connexion.on('data', (message) => {
    console.log(message.texte.toString());
  });
});
serveur.listen(65432);
