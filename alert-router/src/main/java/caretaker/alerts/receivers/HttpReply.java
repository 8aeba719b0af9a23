package caretaker.alerts.receivers;

import caretaker.alerts.routing.Retry.Failure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What became of an HTTP call. */
sealed interface HttpReply {

    /**
     * An answer of any status.
     *
     * @param contentType empty if not said
     * @param body its first {@value HttpCaller#MAX_BODY} bytes
     * @param retryAfter what the receiver asked for
     */
    record Answer(
            int status,
            String contentType,
            String body,
            @Nullable Duration retryAfter) implements HttpReply {
        boolean isSuccess() {
            return status / 100 == 2;
        }

        /** As a failure, with the beginning of what the receiver says. */
        Failure failure() {
            String said = Texts.cut(Texts.oneLine(body), 200);
            return new Failure.Answer(
                    status, retryAfter, "the receiver answered " + status + (said.isEmpty() ? "" : ": " + said));
        }
    }

    record Failed(Failure failure) implements HttpReply {}
}
