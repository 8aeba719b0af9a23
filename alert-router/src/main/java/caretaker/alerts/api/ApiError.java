package caretaker.alerts.api;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;

/** An answer that is no success. */
final class ApiError extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String body;

    private ApiError(int status, String body) {
        super(body, null, false, false);
        this.status = status;
        this.body = body;
    }

    /** The message is the body, as a JSON text. */
    static ApiError text(int status, String message) {
        return new ApiError(status, Json.encode(message));
    }

    /** The status says it all. */
    static ApiError bare(int status) {
        return new ApiError(status, "");
    }

    static ApiError coded(int status, int code, String message) {
        return new ApiError(
                status,
                new JsonObject().put("code", code).put("message", message).encode());
    }

    /** What is there is not as the schema wants it. */
    static ApiError schema(int code, String message) {
        return coded(422, code, message);
    }

    /** What is needed is not there. */
    static ApiError required(String field) {
        return schema(602, field + " in body is required");
    }

    static ApiError unreadable(String what, String why) {
        return coded(400, 400, "parsing " + what + " body from \"\" failed, because " + why);
    }

    int status() {
        return status;
    }

    /** JSON, or empty. */
    String body() {
        return body;
    }
}
