package caretaker.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Debian's Alertmanager and ours, with the same configuration and a receiver each. */
final class Contenders implements AutoCloseable {
    private final List<Contender> all = new ArrayList<>();

    /** One of them. */
    record Contender(AlertServer server, WebhookSink sink) {
        String word() {
            return server.maker().word();
        }
    }

    private Contenders() {}

    /** @param config Alertmanager's, with <code>%s</code> where the receiver's URL belongs */
    static Contenders start(Path root, String config) throws IOException, InterruptedException {
        var contenders = new Contenders();
        try {
            Path dir = Files.createTempDirectory("caretaker-bench");
            String _ = Processes.output(
                    List.of(root.resolve("caretaker").toString(), "--version"), dir, Map.of()); // builds
            for (var maker : AlertServer.Maker.values()) {
                var sink = new WebhookSink();
                try {
                    var server =
                            AlertServer.start(maker, root, dir.resolve(maker.word()), config.formatted(sink.url()));
                    contenders.all.add(new Contender(server, sink));
                } catch (IOException | InterruptedException | RuntimeException e) {
                    sink.close();
                    throw e;
                }
            }
            return contenders;
        } catch (IOException | InterruptedException | RuntimeException e) {
            contenders.close();
            throw e;
        }
    }

    Contender theirs() {
        return all.getFirst();
    }

    Contender ours() {
        return all.getLast();
    }

    /** Theirs, then ours. */
    List<Contender> all() {
        return List.copyOf(all);
    }

    @Override
    public void close() {
        for (Contender each : all) {
            each.server().close();
            each.sink().close();
        }
    }
}
