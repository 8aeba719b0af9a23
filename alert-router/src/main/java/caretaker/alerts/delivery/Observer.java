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

    /** Given up. */
    void failed(Integration integration, Outcome last);
}
