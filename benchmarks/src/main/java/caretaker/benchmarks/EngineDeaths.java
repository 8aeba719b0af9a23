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

/** The deaths of an engine's containers, read from its stream of events by nothing but a socket. */
final class EngineDeaths implements AutoCloseable {
    private static final String ASK =
            "GET /events?filters=%7B%22event%22%3A%5B%22die%22%5D%7D HTTP/1.0\r\nHost: localhost\r\n\r\n";
    private static final Pattern ID = Pattern.compile("\"id\":\"([0-9a-f]{64})\"");
    private static final Pattern TIME = Pattern.compile("\"timeNano\":([0-9]+)");
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /**
     * A container's end.
     *
     * @param at by the engine
     * @param heard when its line was here
     */
    record Death(Instant at, Instant heard) {}

    private final InstantSource clock = InstantSource.system();
    private final SocketChannel socket;
    private final Map<String, Death> deaths = new HashMap<>(); // guarded by this

    EngineDeaths() throws IOException {
        socket = SocketChannel.open(StandardProtocolFamily.UNIX);
        socket.connect(UnixDomainSocketAddress.of(DockerEngine.SOCKET));
        socket.write(ByteBuffer.wrap(ASK.getBytes(US_ASCII)));
        Thread.ofPlatform().name("engine-deaths").daemon().start(this::read);
    }

    private void read() {
        try (var lines = new BufferedReader(new InputStreamReader(Channels.newInputStream(socket), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Instant now = clock.instant();
                Matcher id = ID.matcher(line);
                Matcher time = TIME.matcher(line);
                if (id.find() && time.find()) {
                    take(id.group(1), new Death(Instant.ofEpochSecond(0, Long.parseLong(time.group(1))), now));
                }
            }
        } catch (IOException closed) {
            // The benchmark has ended.
        }
    }

    private synchronized void take(String id, Death death) {
        deaths.put(id, death);
        notifyAll();
    }

    synchronized Death of(String id) throws IOException, InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!deaths.containsKey(id)) {
            if (System.nanoTime() > end) {
                throw new IOException("the engine says nothing of the death of " + id);
            }
            wait(50);
        }
        return deaths.get(id);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
