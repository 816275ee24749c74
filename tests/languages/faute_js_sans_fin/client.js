const net = require('net');

const client = net.connect(65432, 'localhost');
client.once('data', (message) => {
  console.log(message.toString());
  client.write('Bonjour Serveur 65432, nous sommes donc dans la phase de transfert');
  client.write('Serveur 65432, je vous dis au revoir');
});
