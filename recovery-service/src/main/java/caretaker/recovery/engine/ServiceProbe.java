package caretaker.recovery.engine;

import caretaker.docker.GpuRequests;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.containers.Sighting.State;
import caretaker.recovery.engine.Web.Answer;
import caretaker.recovery.incident.Input.ProbeAnswer;
import caretaker.recovery.playbook.Playbook.Probe;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a container's service whether it works, never with credentials.
 *
 * <p>The label {@code caretaker.probe=http://:PORT/path} moves the question, {@code off} forbids it. No label makes
 * anybody ask another host.
 *
 * <p>Who cannot be reached from here, or answers that this is not how it is asked (a redirect, 401, 404), has said
 * nothing about whether it works, unless the same container has passed before.
 */
final class ServiceProbe {
    private static final Logger LOGGER = LoggerFactory.getLogger(ServiceProbe.class);
    private static final int MAX_REMEMBERED = 5_000;
    private static final String LABEL = "caretaker.probe";
    private static final Set<String> OFF = Set.of("off", "no", "false", "0");
    private static final Pattern OWN = Pattern.compile("http://:([0-9]{1,5})(/[\\x21-\\x7E&&[^#]]*)?");
    private static final int MAX_LABEL = 1024;
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final String READY = "/-/ready";
    private static final String HEALTHY = "/-/healthy";
    private static final int UNAVAILABLE = 503;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern GPU = Pattern.compile("[{,]\\s*gpu=\"([^\"]*)\"");

    /** There is somebody, but he is to be asked in another way. */
    private static final class Elsewhere extends IOException {
        private static final long serialVersionUID = 1;

        Elsewhere(String message) {
            super(message);
        }
    }

    private record Place(int port, String path) {}

    /**
     * What a service said.
     *
     * @param text as one line without secrets; empty if it said nothing, or was not asked
     */
    record Said(ProbeAnswer answer, String text) {
        static final Said NOTHING = new Said(ProbeAnswer.NONE, "");

        private static Said of(Answer answer, boolean passed) {
            return new Said(passed ? ProbeAnswer.PASSED : ProbeAnswer.FAILED, Refusal.line(answer.body()));
        }
    }

    private final Web web;
    private final EngineMetrics metrics;
    private final Recently passed = new Recently();
    private final Recently told = new Recently();

    /** Ids of containers, the newest of them. */
    private static final class Recently {
        private final Map<String, Boolean> ids = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                return size() > MAX_REMEMBERED;
            }
        };

        /** Whether it is new. */
        synchronized boolean add(String id) {
            return ids.put(id, true) == null;
        }

        synchronized boolean has(String id) {
            return ids.containsKey(id);
        }
    }

    ServiceProbe(Web web, EngineMetrics metrics) {
        this.web = web;
        this.metrics = metrics;
    }

    /**
     * One answer.
     *
     * @param network whose addresses are the container's
     * @param around whether it is asked without a reason: then a port at which nobody listens may be the wrong one, too
     */
    Said ask(Probe probe, Sighting seen, Inspection network, boolean around) {
        Optional<Place> place = place(probe, seen.labels());
        if (place.isEmpty() || seen.state() != State.RUNNING) {
            return Said.NOTHING;
        }
        List<Endpoint> at = Endpoint.of(network, place.get().port(), place.get().path());
        try {
            Said said = ask(probe, seen, at, place.get());
            if (said.answer() == ProbeAnswer.PASSED) {
                passed.add(seen.identity().id());
            }
            return said;
        } catch (Web.Unreached e) {
            boolean isMute = e.wasRefused() && !around;
            return new Said(isMute ? ProbeAnswer.FAILED : unasked(seen, String.valueOf(e.getMessage())), "");
        } catch (Elsewhere e) {
            return new Said(unasked(seen, String.valueOf(e.getMessage())), "");
        } catch (IOException e) {
            return new Said(ProbeAnswer.FAILED, "");
        }
    }

    private Said ask(Probe probe, Sighting seen, List<Endpoint> at, Place place) throws IOException {
        return switch (probe) {
            case NONE -> Said.NOTHING;
            case GRAFANA -> get(at, ServiceProbe::isDatabaseOk);
            case PROMETHEUS -> prometheus(at, place);
            case DCGM_EXPORTER -> get(at, answer -> showsGpus(answer, seen));
            case NODE_EXPORTER -> get(at, answer -> hasSample(answer, "node_"));
            case CADVISOR -> get(at, Answer::isSuccess);
        };
    }

    private ProbeAnswer unasked(Sighting seen, String why) {
        if (passed.has(seen.identity().id())) {
            return ProbeAnswer.FAILED;
        }
        metrics.unasked.increment();
        if (told.add(seen.identity().id())) {
            LOGGER.atWarn()
                    .addKeyValue("container", seen.identity().name())
                    .addKeyValue("reason", Refusal.line(why))
                    .log("its service cannot be asked from here; the label " + LABEL + " says where it can, or off");
        }
        return ProbeAnswer.NONE;
    }

    private static Optional<Place> place(Probe probe, Map<String, String> labels) {
        Place usual = switch (probe) {
            case NONE -> null;
            case GRAFANA -> new Place(3000, "/api/health");
            case PROMETHEUS -> new Place(9090, READY);
            case DCGM_EXPORTER -> new Place(9400, "/metrics");
            case NODE_EXPORTER -> new Place(9100, "/metrics");
            case CADVISOR -> new Place(8080, "/healthz");
        };
        String label = labels.getOrDefault(LABEL, "");
        if (usual == null || OFF.contains(label.toLowerCase(Locale.ROOT))) {
            return Optional.empty();
        }
        Matcher own = OWN.matcher(label);
        if (label.length() > MAX_LABEL || !own.matches()) {
            return Optional.of(usual);
        }
        int port = Integer.parseInt(own.group(1));
        String path = own.group(2) == null || own.group(2).equals("/") ? usual.path() : own.group(2);
        return Optional.of(port < 1 || port > 65_535 ? usual : new Place(port, path));
    }

    private Said get(List<Endpoint> at, Function<Answer, Boolean> judge) throws IOException {
        Answer answer = answer(at);
        return Said.of(answer, judge.apply(answer));
    }

    private Answer answer(List<Endpoint> at) throws IOException {
        Answer answer = web.ask(HttpMethod.GET, at, LIMIT);
        if (answer.status() >= 300 && answer.status() < 500) {
            throw new Elsewhere("it answered " + answer.status());
        }
        return answer;
    }

    /** While it reads its log of changes it is alive and not ready. */
    private Said prometheus(List<Endpoint> at, Place place) throws IOException {
        Answer ready = answer(at);
        if (ready.isSuccess() || ready.status() != UNAVAILABLE || !place.path().endsWith(READY)) {
            return Said.of(ready, ready.isSuccess());
        }
        String healthy = place.path().substring(0, place.path().length() - READY.length()) + HEALTHY;
        List<Endpoint> next = at.stream().map(each -> each.withPath(healthy)).toList();
        ProbeAnswer judged = answer(next).isSuccess() ? ProbeAnswer.STARTING : ProbeAnswer.FAILED;
        return new Said(judged, Refusal.line(ready.body()));
    }

    /** What a Prometheus says of itself; empty if it cannot be asked, or not now. */
    Optional<String> metricsOfPrometheus(Sighting seen, Inspection network) {
        Optional<Place> place = place(Probe.PROMETHEUS, seen.labels());
        if (place.isEmpty() || !place.get().path().endsWith(READY)) {
            return Optional.empty();
        }
        String path = place.get().path();
        String prefix = path.substring(0, path.length() - READY.length());
        try {
            Answer answer =
                    web.ask(HttpMethod.GET, Endpoint.of(network, place.get().port(), prefix + "/metrics"), LIMIT);
            return answer.isSuccess() ? Optional.of(answer.body()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean isDatabaseOk(Answer answer) {
        try {
            return answer.isSuccess()
                    && JSON.readTree(answer.body()).path("database").asText("").equals("ok");
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private static boolean hasSample(Answer answer, String prefix) {
        return answer.isSuccess() && answer.body().lines().anyMatch(line -> line.startsWith(prefix));
    }

    /** Old exporters, and some configurations of new ones, have names of their own. */
    private static boolean isOfDcgm(String line) {
        return line.startsWith("DCGM_FI_") || line.startsWith("dcgm_");
    }

    private static boolean showsGpus(Answer answer, Sighting seen) {
        if (!answer.isSuccess() || answer.body().lines().noneMatch(ServiceProbe::isOfDcgm)) {
            return false;
        }
        Optional<Integer> given = GpuRequests.number(seen.gpus());
        if (given.isEmpty()) {
            return true;
        }
        Set<String> shown = new HashSet<>();
        answer.body().lines().filter(ServiceProbe::isOfDcgm).forEach(line -> {
            Matcher gpu = GPU.matcher(line);
            if (gpu.find()) {
                shown.add(gpu.group(1));
            }
        });
        return shown.size() >= given.get();
    }
}
