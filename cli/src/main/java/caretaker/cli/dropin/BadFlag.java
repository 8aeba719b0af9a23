package caretaker.cli.dropin;

/** A command line that Alertmanager would not take either, or that asks for what there is not. */
public final class BadFlag extends Exception {
    private static final long serialVersionUID = 1;

    BadFlag(String message) {
        super(message);
    }
}
