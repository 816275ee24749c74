const net = require('net');

const serveur = net.createServer((connexion) => {
  let recus = 0;
  connexion.write('Bonjour Client, je suis le serveur 65432, la connexion est établie');
  connexion.on('data', (message) => {
    console.log(message.toString());
    recus += 1;
    if (recus === 2) {
      connexion.end();
      serveur.close();
    }
  });
});
serveur.listen(65432);
