package caretaker.agent.nvml;

/** A text of the driver's: a code, and the text, empty unless the code is 0. */
public record TextAnswer(int code, String text) {
    public String orElse(String other) {
        return code == 0 ? text : other;
    }
}
