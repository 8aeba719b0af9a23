package caretaker.agent.docker;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * One connection to the engine and the questions that are under way on it. Asked by the watching thread alone; answers
 * come as {@link News} from other threads.
 */
final class Connection {
    /** The id under which a list, and the opening of the stream before it, is a question. */
    static final String LIST = "";

    private record Question(Future<?> call, long askedNanos) {}

    private interface Call {
        News answer() throws IOException;
    }

    private final Engine engine;
    private final ExecutorService calls;
    private final Consumer<News> outlet;
    private final Map<String, Question> questions = new HashMap<>();

    /** @param calls runs what waits for the engine */
    Connection(Engine engine, ExecutorService calls, Consumer<News> outlet) {
        this.engine = engine;
        this.calls = calls;
        this.outlet = outlet;
    }

    /** Opens the stream of events; {@link News.Opened} or {@link News.Ended} follows. */
    void open(long sinceNanos, long now) {
        questions.put(LIST, new Question(calls.submit(() -> open(sinceNanos)), now));
    }

    private void open(long sinceNanos) {
        engine.events(sinceNanos, new Engine.EventListener() {
            @Override
            public void opened() {
                outlet.accept(new News.Opened(Connection.this));
            }

            @Override
            public void event(Translation.Heard heard) {
                outlet.accept(new News.Heard(Connection.this, heard));
            }

            @Override
            public void ended(Optional<Throwable> cause) {
                outlet.accept(new News.Ended(Connection.this, Unavailable.reason(cause)));
            }
        });
    }

    /** Asks for all containers, unless that is under way. */
    boolean list(long now) {
        if (questions.containsKey(LIST)) {
            return false;
        }
        ask(LIST, now, () -> new News.Listed(this, engine.list()));
        return true;
    }

    void inspect(String id, long now) {
        ask(id, now, () -> new News.Inspected(this, id, engine.inspect(id)));
    }

    private void ask(String id, long now, Call call) {
        Future<?> future = calls.submit(() -> {
            News answer;
            try {
                answer = call.answer();
            } catch (IOException | RuntimeException e) {
                answer = new News.Failed(this, id, Unavailable.reason(Optional.of(e)));
            }
            outlet.accept(answer);
        });
        questions.put(id, new Question(future, now));
    }

    void answered(String id) {
        questions.remove(id);
    }

    int asked() {
        return questions.size();
    }

    /** Gives up questions that wait for longer than this. */
    List<String> overdue(long now, Duration limit) {
        List<String> ids = new ArrayList<>();
        questions.forEach((id, question) -> {
            if (now - question.askedNanos() > limit.toNanos()) {
                ids.add(id);
                question.call().cancel(true);
            }
        });
        return ids;
    }

    /** Ends the connection without waiting for the engine; gives the questions that had no answer. */
    List<String> close() {
        List<String> unanswered = List.copyOf(questions.keySet());
        questions.values().forEach(question -> question.call().cancel(true));
        questions.clear();
        calls.execute(engine::close);
        return unanswered;
    }
}
