package caretaker.recovery.engine;

import caretaker.docker.EngineAnswer;
import caretaker.docker.EngineTransport;
import com.github.dockerjava.transport.DockerHttpClient;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Lets docker-java ask over the service's own HTTP client. Closing it closes nothing: the connections are the
 * transport's.
 *
 * @param limit until when an answer must have been read to its last byte
 */
record ClientTransport(EngineTransport transport, Duration limit) implements DockerHttpClient {
    private record Answer(EngineAnswer answer) implements Response {
        @Override
        public int getStatusCode() {
            return answer.status();
        }

        @Override
        public Map<String, List<String>> getHeaders() {
            return answer.headers();
        }

        @Override
        public InputStream getBody() {
            return answer.body();
        }

        @Override
        public void close() {
            answer.close();
        }
    }

    @Override
    public Response execute(Request request) {
        return new Answer(
                transport.ask(request.method(), request.path(), request.headers(), request.bodyBytes(), limit));
    }

    @Override
    public void close() {
        // see above
    }
}
