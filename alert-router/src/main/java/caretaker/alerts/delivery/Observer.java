package caretaker.alerts.delivery;

import caretaker.alerts.receivers.Outcome;
import caretaker.alerts.routing.Integration;
import caretaker.alerts.routing.Pipeline;

/** Counts what deliveries do. On the desk's thread. */
public interface Observer {
    void planned(Pipeline.Plan plan);

    void began(Integration integration);

    void attempted(Integration integration, Outcome outcome);

    /** A flush's time is over and somebody is still not told. */
    void late(Integration integration, Outcome last);

    /** A dead letter does without the texts of so many alerts, since there is no room. */
    void cut(Integration integration, int alerts);

    /** Given up. */
    void failed(Integration integration, Outcome last);
}
