package caretaker.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Locale;

/**
 * One HTTP/1.1 connection that stays open and sends prepared requests: a client that takes little from the machine that
 * runs the measured server too. One thread.
 */
final class HttpLine implements AutoCloseable {
    private static final int LIMIT_MILLIS = 30_000;
    private static final int MAX_LINE = 8192;

    private final Socket socket = new Socket();
    private final InputStream in;

    HttpLine(int port) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(LIMIT_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), LIMIT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** Sends a whole request; the status of the answer, whose body is read and dropped. */
    int send(byte[] request) throws IOException {
        socket.getOutputStream().write(request);
        int status = Integer.parseInt(line().split(" ", 3)[1]);
        int length = -1;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(
                        lower.substring("content-length:".length()).strip());
            }
        }
        if (length < 0) {
            throw new IOException("an answer without a length: " + status);
        }
        in.skipNBytes(length);
        return status;
    }

    private String line() throws IOException {
        byte[] line = new byte[MAX_LINE];
        for (int used = 0; used < MAX_LINE; used++) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the server closed the connection");
            }
            if (next == '\n') {
                return new String(line, 0, used, US_ASCII).strip();
            }
            line[used] = (byte) next;
        }
        throw new IOException("an endless header");
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
