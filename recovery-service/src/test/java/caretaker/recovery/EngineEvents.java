package caretaker.recovery;

import caretaker.testkit.DockerEngine;
import caretaker.testkit.Programs;
import caretaker.testkit.RunningProgram;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * What the engine has told of some kinds since this was made: it keeps too few of its events for whoever asks
 * afterwards. They come late, by a process of Docker's, so whoever reads them waits for one that he has caused himself.
 */
public final class EngineEvents implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final DockerEngine docker;
    private final RunningProgram program;

    /**
     * Listens when it returns.
     *
     * @param kinds such as {@code start}
     */
    public EngineEvents(DockerEngine docker, String... kinds) {
        this.docker = docker;
        List<String> words = new ArrayList<>(List.of(
                "events",
                "--since",
                Long.toString(Instant.now().getEpochSecond()),
                "--format",
                "{{.Action}} {{.Actor.ID}} {{json .Actor.Attributes}}",
                "--filter",
                "event=create"));
        for (String kind : kinds) {
            words.addAll(List.of("--filter", "event=" + kind));
        }
        program = RunningProgram.start(Programs.assume("docker"), words.toArray(String[]::new));
        var _ = untilNow();
    }

    private List<String> untilNow() {
        String last = docker.create(List.of(), "true");
        docker.docker("rm", last);
        Awaitility.await("the engine's events")
                .atMost(LIMIT)
                .until(() -> program.output().stream().anyMatch(line -> line.contains(last)));
        return program.output();
    }

    /** How often this has happened to a container until now. */
    public long count(String kind, String id) {
        return untilNow().stream()
                .filter(line -> line.startsWith(kind + " " + id + " "))
                .count();
    }

    /** To what this has happened until now, of what has a label or another attribute of this value. */
    public List<String> ids(String kind, String attribute, String value) {
        String wanted = "\"%s\":\"%s\"".formatted(attribute, value);
        return untilNow().stream()
                .filter(line -> line.startsWith(kind + " ") && line.contains(wanted))
                .map(line -> line.split(" ", 3)[1])
                .toList();
    }

    @Override
    public void close() {
        program.close();
    }
}
