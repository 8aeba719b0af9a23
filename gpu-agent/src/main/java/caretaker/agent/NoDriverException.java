package caretaker.agent;

/** This host has no NVIDIA driver, or the container was not given it. A process ends with {@link #EXIT_CODE}. */
public final class NoDriverException extends RuntimeException {
    public static final int EXIT_CODE = 8;

    private static final long serialVersionUID = 1L;

    /** The reason is the library's name and what is wrong with it. */
    public NoDriverException(String reason) {
        super("no NVIDIA driver (" + reason + "); use --simulate N or `caretaker demo`");
    }
}
