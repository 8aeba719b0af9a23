package caretaker.cli;

import caretaker.cli.ServiceClient.Answer;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks an alert router what Alertmanager's API has no words for. */
final class RouterClient implements AutoCloseable {
    private final ServiceClient service;

    RouterClient(RouterOptions options, Map<String, String> environment) {
        service = new ServiceClient("alert router", options.url(), "/api/caretaker/v1", options.service(), environment);
    }

    /** @param missing what is said of an answer of 404 */
    JsonNode get(String path, String missing) {
        return read(service.get(path), missing);
    }

    /** @param missing what is said of an answer of 404 */
    JsonNode post(String path, @Nullable JsonNode body, String missing) {
        return read(service.post(path, body), missing);
    }

    private JsonNode read(Answer answer, String missing) {
        return switch (answer.status()) {
            case 200 -> service.json(answer);
            case 401, 403 -> throw service.noEntry(answer);
            case 404 -> throw absent(answer, missing);
            default -> throw service.unexpected(Exit.FAILURE, answer);
        };
    }

    /** Ours says what is absent, in JSON; anything else does not know the path. */
    private CommandFailure absent(Answer answer, String missing) {
        return answer.text().startsWith("\"no such")
                ? new CommandFailure(Exit.NOT_FOUND, missing)
                : service.noSuchPath(", and is the route prefix in --url");
    }

    @Override
    public void close() {
        service.close();
    }
}
