package caretaker.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A Unix socket in front of a server's: what a test does to it happens to the real connection. */
public final class SocketProxy implements AutoCloseable {
    private final Path path;
    private final Path target;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private @Nullable ServerSocketChannel server;

    // Guarded by this.
    private @Nullable String word;
    private int held;

    public SocketProxy(Path path, Path target) {
        this.path = path;
        this.target = target;
        listen();
    }

    public Path path() {
        return path;
    }

    /** Connections until now. */
    public int accepted() {
        return accepted.get();
    }

    /** Begins to take connections. */
    public synchronized void listen() {
        try {
            var listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listening.bind(UnixDomainSocketAddress.of(path));
            server = listening;
            Thread.startVirtualThread(() -> accept(listening));
        } catch (IOException e) {
            throw new UncheckedIOException("listening at " + path, e);
        }
    }

    /** From now on whatever a client sends that has this word in it waits until {@link #release}. */
    public synchronized void hold(String with) {
        word = with;
    }

    /** How many clients wait. */
    public synchronized int held() {
        return held;
    }

    /** Lets go of what waits, and holds nothing more. */
    public synchronized void release() {
        word = null;
        notifyAll();
    }

    private synchronized void pass(ByteBuffer sent) throws IOException {
        String with = word;
        if (with == null
                || !StandardCharsets.ISO_8859_1
                        .decode(sent.duplicate())
                        .toString()
                        .contains(with)) {
            return;
        }
        held++;
        try {
            while (word != null) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            held--;
        }
    }

    /** Ends all connections; new ones are taken. */
    public void cut() {
        open.forEach(SocketProxy::end);
        open.clear();
    }

    /** Ends all connections and takes the socket away. */
    public synchronized void vanish() {
        try {
            if (server != null) {
                server.close();
                server = null;
            }
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException("closing " + path, e);
        }
        cut();
    }

    private void accept(ServerSocketChannel listening) {
        while (listening.isOpen()) {
            try {
                SocketChannel client = listening.accept();
                SocketChannel behind = SocketChannel.open(UnixDomainSocketAddress.of(target));
                accepted.incrementAndGet();
                open.add(client);
                open.add(behind);
                Thread.startVirtualThread(() -> copy(client, behind, this::pass));
                Thread.startVirtualThread(() -> copy(behind, client, _ -> {}));
            } catch (IOException ended) {
                if (!listening.isOpen()) {
                    return;
                }
            }
        }
    }

    private interface Gate {
        void pass(ByteBuffer sent) throws IOException;
    }

    private static void copy(SocketChannel from, SocketChannel to, Gate gate) {
        ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
        try {
            while (from.read(buffer.clear()) >= 0) {
                buffer.flip();
                gate.pass(buffer);
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
            }
        } catch (IOException ended) {
            // either side is gone, and so is the other now
        } finally {
            end(from);
            end(to);
        }
    }

    private static void end(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("closing a connection", e);
        }
    }

    @Override
    public void close() {
        release();
        vanish();
    }
}
