package caretaker.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.testkit.DockerEngine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One kind of events of an engine's containers, read from its stream by nothing but a socket. */
final class EngineEvents implements AutoCloseable {
    private static final String ASK =
            "GET /events?filters=%7B%22event%22%3A%5B%22EVENT%22%5D%7D HTTP/1.0\r\nHost: localhost\r\n\r\n";
    private static final Pattern ID = Pattern.compile("\"id\":\"([0-9a-f]{64})\"");
    private static final Pattern TIME = Pattern.compile("\"timeNano\":([0-9]+)");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /**
     * What happened to a container last.
     *
     * @param at by the engine
     * @param heard when its line was here
     */
    record Happened(Instant at, Instant heard) {}

    private final InstantSource clock = InstantSource.system();
    private final SocketChannel socket;
    private final Map<String, Happened> newest = new HashMap<>(); // guarded by this

    /** @param event {@code die}, {@code start} */
    EngineEvents(String event) throws IOException {
        socket = SocketChannel.open(StandardProtocolFamily.UNIX);
        socket.connect(UnixDomainSocketAddress.of(DockerEngine.SOCKET));
        socket.write(ByteBuffer.wrap(ASK.replace("EVENT", event).getBytes(US_ASCII)));
        Thread.ofPlatform().name("engine-events").daemon().start(this::read);
    }

    private void read() {
        try (var lines = new BufferedReader(new InputStreamReader(Channels.newInputStream(socket), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Instant now = clock.instant();
                Matcher id = ID.matcher(line);
                Matcher time = TIME.matcher(line);
                if (id.find() && time.find()) {
                    take(id.group(1), new Happened(Instant.ofEpochSecond(0, Long.parseLong(time.group(1))), now));
                }
            }
        } catch (IOException closed) {
            // The benchmark has ended.
        }
    }

    private synchronized void take(String id, Happened happened) {
        newest.put(id, happened);
        notifyAll();
    }

    Happened of(String id) throws IOException, InterruptedException {
        return after(id, Instant.EPOCH);
    }

    /** Waits for one that happened after that, by the engine's clock, which is this machine's. */
    synchronized Happened after(String id, Instant moment) throws IOException, InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        Happened happened = newest.get(id);
        while (happened == null || !happened.at().isAfter(moment)) {
            if (System.nanoTime() > end) {
                throw new IOException("the engine says nothing of " + id);
            }
            wait(50);
            happened = newest.get(id);
        }
        return happened;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
