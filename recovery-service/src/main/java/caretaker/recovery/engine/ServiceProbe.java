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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks a container's service whether it works, never with credentials.
 *
 * <p>The label {@code caretaker.probe=http://:PORT/path} moves the question, {@code off} forbids it. No label makes
 * anybody ask another host.
 */
final class ServiceProbe {
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

    private record Place(int port, String path) {}

    private final Web web;

    ServiceProbe(Web web) {
        this.web = web;
    }

    /**
     * One answer.
     *
     * @param network whose addresses are the container's
     */
    ProbeAnswer ask(Probe probe, Sighting seen, Inspection network) {
        Optional<Place> place = place(probe, seen.labels());
        if (place.isEmpty() || seen.state() != State.RUNNING) {
            return ProbeAnswer.NONE;
        }
        Optional<Endpoint> at =
                Endpoint.of(network, place.get().port(), place.get().path());
        if (at.isEmpty()) {
            return ProbeAnswer.FAILED;
        }
        return switch (probe) {
            case NONE -> ProbeAnswer.NONE;
            case GRAFANA -> get(at.get(), ServiceProbe::isDatabaseOk);
            case PROMETHEUS -> prometheus(at.get());
            case DCGM_EXPORTER -> get(at.get(), answer -> showsGpus(answer, seen));
            case NODE_EXPORTER -> get(at.get(), answer -> hasSample(answer, "node_"));
            case CADVISOR -> get(at.get(), Answer::isSuccess);
        };
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

    private ProbeAnswer get(Endpoint at, Function<Answer, Boolean> judge) {
        try {
            return judge.apply(web.ask(HttpMethod.GET, at, LIMIT)) ? ProbeAnswer.PASSED : ProbeAnswer.FAILED;
        } catch (IOException e) {
            return ProbeAnswer.FAILED;
        }
    }

    /** While it reads its log of changes it is alive and not ready. */
    private ProbeAnswer prometheus(Endpoint at) {
        try {
            Answer ready = web.ask(HttpMethod.GET, at, LIMIT);
            if (ready.isSuccess()) {
                return ProbeAnswer.PASSED;
            }
            if (ready.status() != UNAVAILABLE || !at.path().endsWith(READY)) {
                return ProbeAnswer.FAILED;
            }
            String before = at.path().substring(0, at.path().length() - READY.length());
            Answer healthy = web.ask(HttpMethod.GET, at.withPath(before + HEALTHY), LIMIT);
            return healthy.isSuccess() ? ProbeAnswer.STARTING : ProbeAnswer.FAILED;
        } catch (IOException e) {
            return ProbeAnswer.FAILED;
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

    private static boolean showsGpus(Answer answer, Sighting seen) {
        if (!hasSample(answer, "DCGM_FI_")) {
            return false;
        }
        Optional<Integer> given = GpuRequests.number(seen.gpus());
        if (given.isEmpty()) {
            return true;
        }
        Set<String> shown = new HashSet<>();
        answer.body().lines().filter(line -> line.startsWith("DCGM_FI_")).forEach(line -> {
            Matcher gpu = GPU.matcher(line);
            if (gpu.find()) {
                shown.add(gpu.group(1));
            }
        });
        return shown.size() >= given.get();
    }
}
