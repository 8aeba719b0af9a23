package caretaker.recovery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import caretaker.contracts.Condition;
import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.Decoded;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.Entity;
import caretaker.contracts.HealthEventCodec;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEventCodec;
import caretaker.contracts.RecoveryState;
import caretaker.contracts.RecoveryStateCodec;
import caretaker.testkit.DockerEngine;
import caretaker.testkit.TestBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A host with a real engine and topics of its own on a real broker; the test is the agent. */
final class RecoveryHost implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(60);

    /** Exits with 3 at its first run, and goes on at its second. */
    static final String FAILS_ONCE = "if [ -e /tmp/ran ]; then sleep 100000; else touch /tmp/ran; exit 3; fi";

    /** The same at {@link #failure}, for the service may see the end and repair it before anybody tells. */
    static final String FAILS_ONCE_WHEN_ASKED =
            FAILS_ONCE.replace("exit 3", "while [ ! -e /tmp/end ]; do sleep 0.1; done; exit 3");

    /** Options of what does not count as well before {@link #becomesWell}, however long that takes. */
    static final String[] WELL_WHEN_ASKED = {
        "--health-cmd", "test -e /tmp/well", "--health-interval", "500ms", "--health-retries", "100000"
    };

    /** Quick, and as many as there may be. */
    static final String RULES = "backoff-base: 200ms, backoff-cap: 1s, host-actions: 1000, cluster-actions: 1000, "
            + "breaker-floor: 1000, dependent-grace: 1s";

    final String name;
    final String project;
    final DockerEngine docker = DockerEngine.assume();
    final TestBroker broker = TestBroker.shared();
    final Map<String, String> topics = new LinkedHashMap<>();
    private final Path directory;
    private final AtomicLong sequence = new AtomicLong();
    private final EngineEvents events;
    private final String agent = "agent-" + Long.toHexString(System.nanoTime());

    RecoveryHost(Path directory) {
        this.directory = directory;
        project = docker.name("lab");
        name = "host-of-" + project;
        events = new EngineEvents(docker, "start");
        for (String topic : List.of("health", "recoveries", "state", "maintenance", "dead-letters")) {
            topics.put(topic, broker.newTopic("recovery-" + topic, topic.equals("maintenance") ? 1 : 2));
        }
    }

    /** The settings, with a folder for data and lines more. */
    Path config(String data, int port, String... lines) {
        var yaml = new StringBuilder(
                """
                host: %s
                kafka: {bootstrap-servers: ['%s']}
                data-dir: %s
                http: {port: %d}
                scope: {projects: [%s]}
                lease: 6s
                """.formatted(name, broker.bootstrapServers(), directory.resolve(data), port, project));
        for (String standard : List.of(
                "docker: {resync: 2s}", "verify-every: 0s", "playbooks: " + playbooks(), "rules: {" + RULES + "}")) {
            String key = standard.substring(0, standard.indexOf(':') + 1);
            if (List.of(lines).stream().noneMatch(line -> line.startsWith(key))) {
                yaml.append(standard).append('\n');
            }
        }
        yaml.append("topics:\n");
        topics.forEach((key, topic) ->
                yaml.append("  ").append(key).append(": ").append(topic).append('\n'));
        for (String line : lines) {
            yaml.append(line).append('\n');
        }
        return write(data + "-" + port + ".yml", yaml.toString());
    }

    private Path playbooks() {
        return write("playbooks.yml", """
                playbooks:
                  - name: reports
                    match: {services: [reports]}
                    ladder: [{action: none}]
                  - name: slow
                    match: {services: [slow]}
                    ladder: [{action: restart}]
                    stable-for: 1h
                  - name: grafana
                    match: {services: [grafana]}
                    ladder: [{action: restart}]
                    probe: grafana
                    startup-grace: 1s
                    stable-for: 1s
                  - name: damaged
                    match: {services: [dashboards], answer: '"database": "failing"'}
                    ladder:
                      - {action: copy-aside, path: /var/lib/grafana, stop: true, check: grafana.db}
                      - {action: restore-backup, approval: true, requires: damaged-copy}
                      - {action: quarantine}
                    probe: grafana
                    startup-grace: 1s
                    stable-for: 1s
                  - {name: dashboards, like: grafana, match: {services: [dashboards]}, probe: grafana}
                  - name: patient
                    match: {services: [patient]}
                    ladder: [{action: restart}]
                    after: 4s
                    stable-for: 1s
                  - name: hopeless
                    match: {services: [hopeless], exit-codes: ["127"]}
                    ladder: [{action: quarantine}]
                  - name: anew
                    match: {services: [anew]}
                    ladder: [{action: recreate}]
                    stable-for: 1s
                  - name: test
                    match: {conditions: [container.exited, container.unhealthy, probe.failed, operator]}
                    ladder: [{action: restart}, {action: recreate}, {action: quarantine}]
                    stable-for: 1s
                """);
    }

    Path write(String file, String text) {
        try {
            return Files.writeString(directory.resolve(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RecoveryService start(String data, String... lines) {
        var service = RecoveryService.start(RecoveryServiceConfig.load(config(data, 0, lines), Map.of()));
        await().atMost(LIMIT).until(() -> Http.get(service.port(), "/-/ready").statusCode() == 200);
        return service;
    }

    /** Starts a container of the project that wants to be repaired; its id. */
    String container(String service, String command, String... options) {
        List<String> words = new ArrayList<>(List.of(
                "--name", project + "-" + service + "-1",
                "--label", "com.docker.compose.project=" + project,
                "--label", "com.docker.compose.service=" + service,
                "--label", "com.docker.compose.container-number=1",
                "--label", "caretaker.recovery=true"));
        words.addAll(List.of(options));
        return docker.run(words, "sh", "-c", command);
    }

    String key(String service) {
        return project + "/" + service + "/1";
    }

    String inspect(String id, String format) {
        return docker.docker("inspect", "--format", format, id);
    }

    boolean runs(String service) {
        return inspect(project + "-" + service + "-1", "{{.State.Running}}").equals("true");
    }

    /** Waits until its first run has ended. The service may have seen that too, and started it again. */
    void awaitExit(String id) {
        await().atMost(LIMIT).until(() -> !inspect(id, "{{.State.FinishedAt}}").startsWith("0001"));
    }

    /** What the agent says of a container as it is now. */
    HealthEvent event(String id, Condition condition) {
        Map<String, String> evidence = new HashMap<>();
        evidence.put("containerId", id);
        evidence.put("name", inspect(id, "{{.Name}}").substring(1));
        evidence.put("image", inspect(id, "{{.Config.Image}}"));
        evidence.put("composeProject", project);
        evidence.put("composeService", inspect(id, "{{index .Config.Labels \"com.docker.compose.service\"}}"));
        evidence.put("composeNumber", "1");
        evidence.put("startedAt", inspect(id, "{{.State.StartedAt}}"));
        return event(id, condition, inspect(id, "{{.State.ExitCode}}"), evidence);
    }

    /** What the agent says of the first run of {@link #FAILS_ONCE_WHEN_ASKED}, which is over when this returns. */
    HealthEvent failure(String id) {
        HealthEvent runs = event(id, Condition.CONTAINER_EXITED);
        docker.docker("exec", id, "touch", "/tmp/end");
        awaitExit(id);
        return event(id, Condition.CONTAINER_EXITED, "3", runs.evidence());
    }

    HealthEvent event(String id, Condition condition, String code, Map<String, String> evidence) {
        return new HealthEvent(
                name,
                agent,
                sequence.incrementAndGet(),
                Instant.now(),
                condition,
                HealthEvent.State.RAISED,
                condition.severity(),
                new Entity(Entity.Kind.CONTAINER, id, evidence.getOrDefault("name", id)),
                code,
                condition.wire() + " with code " + code,
                condition.action(),
                evidence,
                false);
    }

    HealthEvent says(String id, Condition condition) {
        HealthEvent event = event(id, condition);
        says(event);
        return event;
    }

    void says(HealthEvent event) {
        broker.send(topic("health"), name.getBytes(UTF_8), new HealthEventCodec().encode(event));
    }

    String topic(String which) {
        String topic = topics.get(which);
        if (topic == null) {
            throw new IllegalArgumentException(which);
        }
        return topic;
    }

    /** What was told of a container, or of the whole host, in the order of its partition. */
    List<RecoveryEvent> told(@Nullable String service) {
        var codec = new RecoveryEventCodec();
        String key = service == null ? name : name + "/" + key(service);
        List<RecoveryEvent> told = new ArrayList<>();
        for (var record : broker.readAll(topic("recoveries"))) {
            if (key.equals(new String(record.key(), UTF_8))
                    && codec.decode(record.value()) instanceof Decoded.Known<RecoveryEvent>(RecoveryEvent event)) {
                told.add(event);
            }
        }
        return told;
    }

    List<Kind> kinds(String service) {
        return told(service).stream().map(RecoveryEvent::kind).toList();
    }

    /** Waits until something of this kind was told of a container. */
    RecoveryEvent awaitTold(@Nullable String service, Kind kind) {
        await("a " + kind + " of " + service)
                .atMost(LIMIT)
                .until(() -> told(service).stream().anyMatch(event -> event.kind() == kind));
        return told(service).stream()
                .filter(event -> event.kind() == kind)
                .findFirst()
                .orElseThrow();
    }

    /** The operations that were begun of a container, each once. */
    List<RecoveryEvent.Operation> operations(String service) {
        return told(service).stream()
                .filter(event -> event.kind() == Kind.STARTED)
                .map(event -> Objects.requireNonNull(event.operation()))
                .distinct()
                .toList();
    }

    /** What is remembered of a container, oldest first. */
    List<RecoveryState> states(String service) {
        var codec = new RecoveryStateCodec();
        String key = name + "/" + key(service);
        List<RecoveryState> states = new ArrayList<>();
        for (var record : broker.readAll(topic("state"))) {
            if (key.equals(new String(record.key(), UTF_8))
                    && codec.decode(record.value()) instanceof Decoded.Known<RecoveryState>(RecoveryState state)) {
                states.add(state);
            }
        }
        return states;
    }

    /** Waits until the newest that is remembered of a container is this: it comes before or after what is told. */
    void awaitPhase(String service, RecoveryState.Phase phase) {
        await(service + " is " + phase).atMost(LIMIT).until(() -> {
            List<RecoveryState> states = states(service);
            return !states.isEmpty() && states.getLast().phase() == phase;
        });
    }

    /** Waits until the service has taken an event about a container, and says so. */
    void awaitTaken(String service, HealthEvent event) {
        await("an event of " + service)
                .atMost(LIMIT)
                .until(() -> states(service).stream()
                        .anyMatch(state -> state.handled().contains(event.id())));
    }

    /** The second run of a container with {@link #WELL_WHEN_ASKED} is well from now on. */
    void becomesWell(String service, String id) {
        await(service + " runs again")
                .atMost(LIMIT)
                .until(() ->
                        states(service).stream().anyMatch(state -> state.phase() == RecoveryState.Phase.VERIFYING));
        docker.docker("exec", id, "touch", "/tmp/well");
    }

    /** How often the engine has started a container until now. */
    long starts(String id) {
        return events.count("start", id);
    }

    ContainerIdentity identity(String id, String service) {
        return new ContainerIdentity(id, project + "-" + service + "-1", "", project, service, 1);
    }

    /** Removes its containers. */
    @Override
    public void close() {
        events.close();
        docker.close();
    }
}
