package caretaker.agent.docker;

import caretaker.agent.health.Finding;
import caretaker.contracts.Condition;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Says why the engine cannot be watched, and what a person can do about it. */
final class Unavailable {
    private Unavailable() {}

    static Finding finding(String hostName, DockerSettings settings, String reason) {
        String advice = settings.socket().map(Unavailable::advice).orElse("");
        return new Finding(
                Condition.DOCKER_UNAVAILABLE,
                Finding.host(hostName),
                "",
                "containers are not watched: " + (advice.isEmpty() ? reason : advice),
                Map.of("docker", settings.host(), "reason", reason));
    }

    private static String advice(Path socket) {
        if (Files.notExists(socket)) {
            return "there is no " + socket + "; is Docker running, and is its socket mounted?";
        }
        if (!Files.isReadable(socket) || !Files.isWritable(socket)) {
            return "no permission to open " + socket + "; add the agent's user to the socket's group";
        }
        return "";
    }

    /** The innermost reason in one line. */
    static String reason(Optional<Throwable> cause) {
        Throwable deepest = cause.orElse(null);
        if (deepest == null) {
            return "the engine has ended the event stream";
        }
        for (int i = 0; i < 20 && deepest.getCause() != null; i++) {
            deepest = deepest.getCause();
        }
        String message = deepest.getMessage();
        return message == null || message.isBlank() ? deepest.getClass().getSimpleName() : message;
    }
}
