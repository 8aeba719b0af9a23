package caretaker.agent;

import caretaker.chassis.ServiceMain;

/** This host has no NVIDIA driver, or the container was not given it. */
public final class NoDriverException extends RuntimeException implements ServiceMain.Refusal {
    private static final int EXIT_CODE = 8;

    private static final long serialVersionUID = 1L;

    /** The reason is the library's name and what is wrong with it. */
    public NoDriverException(String reason) {
        super("no NVIDIA driver (" + reason + "); use --simulate N or `caretaker demo`");
    }

    @Override
    public int exitCode() {
        return EXIT_CODE;
    }
}
