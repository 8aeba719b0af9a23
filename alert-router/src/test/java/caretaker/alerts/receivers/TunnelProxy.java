package caretaker.alerts.receivers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A proxy that knows CONNECT alone and wants {@code me:hunter2}. Whatever host it is asked for is this machine. */
final class TunnelProxy implements AutoCloseable {
    /** The heads of all requests. */
    final List<String> heard = new CopyOnWriteArrayList<>();

    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

    TunnelProxy() throws IOException {
        Thread.ofVirtual().start(() -> {
            while (!socket.isClosed()) {
                try {
                    Socket client = socket.accept();
                    Thread.ofVirtual().start(() -> serve(client));
                } catch (IOException e) {
                    return; // closed
                }
            }
        });
    }

    int port() {
        return socket.getLocalPort();
    }

    private void serve(Socket client) {
        try (client) {
            for (int tries = 0; tries < 5; tries++) {
                String head = head(client.getInputStream());
                heard.add(head);
                if (!head.contains("Proxy-Authorization: Basic bWU6aHVudGVyMg==\r\n")) {
                    say(client, "407 Who?\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0");
                    continue;
                }
                say(client, "200 go");
                int port = Integer.parseInt(head.replaceFirst("(?s)CONNECT [^ ]*:(\\d+) .*", "$1"));
                try (var server = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    Thread back = Thread.ofVirtual().start(() -> copy(server, client));
                    copy(client, server);
                    back.join();
                }
                return;
            }
        } catch (IOException e) {
            heard.add("(broken)");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String head(InputStream in) throws IOException {
        var head = new StringBuilder();
        int next = in.read();
        while (next >= 0) {
            head.append((char) next);
            if (head.toString().endsWith("\r\n\r\n")) {
                return head.toString();
            }
            next = in.read();
        }
        return "";
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // one side has left
        }
    }

    private static void say(Socket client, String answer) throws IOException {
        client.getOutputStream().write(("HTTP/1.1 " + answer + "\r\n\r\n").getBytes(ISO_8859_1));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
