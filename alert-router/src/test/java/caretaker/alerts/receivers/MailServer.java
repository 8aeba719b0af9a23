package caretaker.alerts.receivers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A strict mail server with STARTTLS and three ways to log in: user {@code me}, password {@code hunter2}. */
public final class MailServer implements AutoCloseable {
    static final String CHALLENGE = "<17.5@mail.example.com>";

    private final List<String> heard = new CopyOnWriteArrayList<>();

    private volatile Runnable meanwhile = () -> {};
    private final ServerSocket socket;
    private final String ways;
    private final @Nullable SSLContext tls;

    /**
     * Starts a server.
     *
     * @param ways what AUTH offers, empty for nothing
     * @param tls for STARTTLS, null for none
     */
    public MailServer(String ways, @Nullable SSLContext tls) throws IOException {
        this.ways = ways;
        this.tls = tls;
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return socket.getLocalPort();
    }

    /** What to do when a mail is here and its sender does not know yet. */
    public void meanwhile(Runnable work) {
        meanwhile = work;
    }

    /**
     * Everything clients said until now, in order, decoded from base64 where it was. A client that has been told that
     * its mail is taken may say more.
     */
    List<String> heard() {
        return List.copyOf(heard);
    }

    /** The values of one header of all mails, in order. */
    public List<String> headers(String name) {
        return heard.stream()
                .filter(line -> line.startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2))
                .toList();
    }

    /** A certificate for {@code mail.example.com}, in {@code mail.p12} and {@code mail.pem}. */
    static SSLContext certificate(Path folder) throws Exception {
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        run(
                folder,
                keytool,
                "-genkeypair",
                "-alias",
                "a",
                "-keyalg",
                "EC",
                "-storetype",
                "PKCS12",
                "-keystore",
                "mail.p12",
                "-storepass",
                "changeit",
                "-dname",
                "CN=x",
                "-ext",
                "san=dns:mail.example.com");
        run(
                folder,
                keytool,
                "-exportcert",
                "-rfc",
                "-alias",
                "a",
                "-keystore",
                "mail.p12",
                "-storepass",
                "changeit",
                "-file",
                "mail.pem");
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (var in = new FileInputStream(folder.resolve("mail.p12").toFile())) {
            store.load(in, "changeit".toCharArray());
        }
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, "changeit".toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private static void run(Path folder, String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
        if (process.waitFor() != 0) {
            throw new IOException(said);
        }
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket plain) {
        Socket client = plain;
        try {
            var in = new BufferedReader(new InputStreamReader(client.getInputStream(), ISO_8859_1));
            say(client, "220 mail.example.com");
            String line;
            while ((line = in.readLine()) != null) {
                heard.add(line);
                String command = line.toUpperCase(java.util.Locale.ROOT);
                if (command.startsWith("EHLO")) {
                    boolean offer = tls != null && !(client instanceof SSLSocket);
                    say(
                            client,
                            "250-mail.example.com" + (offer ? "\r\n250-STARTTLS" : "")
                                    + (ways.isEmpty() ? "" : "\r\n250-AUTH " + ways) + "\r\n250 SIZE 1000000");
                } else if (command.equals("STARTTLS") && tls != null) {
                    say(client, "220 go");
                    SSLSocket secure = (SSLSocket) tls.getSocketFactory().createSocket(client, null, true);
                    secure.setUseClientMode(false);
                    secure.startHandshake();
                    client = secure;
                    in = new BufferedReader(new InputStreamReader(client.getInputStream(), ISO_8859_1));
                    heard.add("(tls)");
                } else if (command.startsWith("AUTH")) {
                    say(client, authenticate(client, in, line) ? "235 in" : "535 no");
                } else if (command.equals("DATA")) {
                    say(client, "354 go");
                    String part = in.readLine();
                    while (part != null && !part.equals(".")) {
                        heard.add(part);
                        part = in.readLine();
                    }
                    meanwhile.run();
                    say(client, "250 taken");
                } else {
                    say(client, command.startsWith("QUIT") ? "221 bye" : "250 ok");
                }
            }
        } catch (IOException e) {
            heard.add("(broken)");
        }
    }

    private boolean authenticate(Socket client, BufferedReader in, String line) throws IOException {
        if (line.startsWith("AUTH PLAIN ")) {
            return hear(line.substring(11)).equals("\0me\0hunter2");
        }
        if (line.equals("AUTH LOGIN")) {
            say(client, "334 VXNlcm5hbWU6");
            String user = hear(in.readLine());
            say(client, "334 UGFzc3dvcmQ6");
            return hear(in.readLine()).equals("hunter2") && user.equals("me");
        }
        if (line.equals("AUTH CRAM-MD5")) {
            say(client, "334 " + Base64.getEncoder().encodeToString(CHALLENGE.getBytes(ISO_8859_1)));
            try {
                var mac = Mac.getInstance("HmacMD5");
                mac.init(new SecretKeySpec("s3cret".getBytes(ISO_8859_1), "HmacMD5"));
                String digest = HexFormat.of().formatHex(mac.doFinal(CHALLENGE.getBytes(ISO_8859_1)));
                return hear(in.readLine()).equals("me " + digest);
            } catch (java.security.GeneralSecurityException e) {
                throw new IOException(e);
            }
        }
        return false;
    }

    private String hear(String base64) {
        String text = new String(Base64.getDecoder().decode(base64), ISO_8859_1);
        heard.add(text);
        return text;
    }

    private static void say(Socket client, String line) throws IOException {
        OutputStream out = client.getOutputStream();
        out.write((line + "\r\n").getBytes(ISO_8859_1));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
