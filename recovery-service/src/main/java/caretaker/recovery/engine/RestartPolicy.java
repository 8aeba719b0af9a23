package caretaker.recovery.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When the engine starts a container by itself. While a container is created anew its old half is never started so;
 * what it had is kept in its name, where it is found again after a crash.
 */
record RestartPolicy(String name, int times) {
    static final RestartPolicy NEVER = new RestartPolicy("no", 0);

    private static final Pattern SUFFIX = Pattern.compile("\\.([a-z-]{2,32})\\.(\\d{1,9})");

    static RestartPolicy of(Inspection container) {
        Matcher kept = SUFFIX.matcher(container.name());
        if (Roster.isOldHalf(container.name()) && kept.find()) {
            return new RestartPolicy(kept.group(1), Integer.parseInt(kept.group(2)));
        }
        JsonNode told = container.raw().path("HostConfig").path("RestartPolicy");
        String name = told.path("Name").asText("");
        return name.isEmpty()
                ? NEVER
                : new RestartPolicy(name, told.path("MaximumRetryCount").asInt(0));
    }

    /** What the old half's name ends with. */
    String suffix() {
        return "." + name + "." + times;
    }

    /** As the engine is told. */
    ObjectNode asked() {
        return JsonNodeFactory.instance.objectNode().put("Name", name).put("MaximumRetryCount", times);
    }
}
