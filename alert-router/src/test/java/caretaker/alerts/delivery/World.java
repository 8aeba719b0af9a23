package caretaker.alerts.delivery;

import caretaker.alerts.receivers.Outcome;
import caretaker.alerts.routing.Integration;
import caretaker.alerts.routing.Pipeline;
import caretaker.contracts.NotificationEvent;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** What the bus and the receivers are to deliveries. Answers wait until the test gives them. */
final class World implements Outlet, Observer {
    final List<NotificationEvent> bus = new ArrayList<>();
    final Deque<BiConsumer<Boolean, Instant>> intents = new ArrayDeque<>();
    final Deque<Letter> sent = new ArrayDeque<>();
    final Deque<Consumer<Answer>> answers = new ArrayDeque<>();
    /** Of the newest attempt. */
    Map<String, String> remembered = Map.of();

    final List<String> failed = new ArrayList<>();
    final List<String> late = new ArrayList<>();
    int cut;
    boolean mayAct = true;

    @Override
    public boolean mayAct() {
        return mayAct;
    }

    @Override
    public void intend(NotificationEvent event, BiConsumer<Boolean, Instant> written) {
        bus.add(event);
        intents.add(written);
    }

    @Override
    public void record(NotificationEvent event) {
        bus.add(event);
    }

    @Override
    public void send(Letter letter, Map<String, String> remembered, Consumer<Answer> answer) {
        this.remembered = remembered;
        sent.add(letter);
        answers.add(answer);
    }

    /** The bus has the oldest intent. */
    void written(Instant at) {
        intents.remove().accept(true, at);
    }

    /** The oldest letter came back like this. */
    Letter answered(Outcome outcome, Instant at) {
        Letter letter = sent.remove();
        answers.remove().accept(new Answer(outcome, at));
        return letter;
    }

    @Override
    public void planned(Pipeline.Plan plan) {}

    @Override
    public void began(Integration integration) {}

    @Override
    public void attempted(Integration integration, Outcome outcome) {}

    @Override
    public void late(Integration integration, Outcome last) {
        late.add(integration.receiver());
    }

    @Override
    public void cut(Integration integration, int alerts) {
        cut += alerts;
    }

    @Override
    public void failed(Integration integration, Outcome last) {
        failed.add(integration.receiver());
    }
}
