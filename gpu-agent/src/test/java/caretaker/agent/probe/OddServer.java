package caretaker.agent.probe;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A real server that behaves badly: what it does with each connection is the test's. */
final class OddServer implements AutoCloseable {
    /** What is done with one connection. */
    interface Behaviour {
        void serve(Socket client, OddServer server) throws IOException, InterruptedException;
    }

    final AtomicInteger requests = new AtomicInteger();
    final AtomicLong sent = new AtomicLong();
    final CountDownLatch broken = new CountDownLatch(1); // a client has gone before it had all
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ServerSocket socket;

    OddServer(Behaviour behaviour) {
        try {
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.startVirtualThread(() -> accept(behaviour));
    }

    int port() {
        return socket.getLocalPort();
    }

    private void accept(Behaviour behaviour) {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                Thread.startVirtualThread(() -> serve(behaviour, client));
            } catch (IOException ended) {
                return;
            }
        }
    }

    private void serve(Behaviour behaviour, Socket client) {
        try {
            requests.incrementAndGet();
            behaviour.serve(client, this);
            client.close();
        } catch (IOException | InterruptedException clientHasGone) {
            broken.countDown(); // as it may
        }
    }

    /** Waits a moment, or until the test is over. */
    boolean pause(long millis) throws InterruptedException {
        return !closed.await(millis, TimeUnit.MILLISECONDS);
    }

    static Behaviour answers(String answer) {
        return (client, server) -> {
            byte[] head = new byte[8192];
            int read = client.getInputStream().read(head);
            if (read > 0) {
                client.getOutputStream().write(answer.getBytes(US_ASCII));
            }
        };
    }

    static Behaviour answers(int status, String body) {
        return answers("HTTP/1.1 " + status + " x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    static Behaviour hangs() {
        return (client, server) -> {
            while (server.pause(1000)) {
                // says nothing
            }
        };
    }

    /** Ten thousand million bytes. */
    static Behaviour floods() {
        return (client, server) -> {
            OutputStream out = client.getOutputStream();
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n".getBytes(US_ASCII));
            byte[] part = new byte[64 * 1024];
            for (long left = 10_000_000_000L; left > 0; left -= part.length) {
                out.write(part);
                server.sent.addAndGet(part.length);
            }
        };
    }

    static Behaviour dribbles() {
        return (client, server) -> {
            OutputStream out = client.getOutputStream();
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n".getBytes(US_ASCII));
            while (server.pause(20)) {
                out.write('x');
                out.flush();
                server.sent.incrementAndGet();
            }
        };
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
