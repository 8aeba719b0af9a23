package caretaker.recovery.engine;

import java.util.function.BooleanSupplier;

/** What is made of many calls was begun, and may not go on at this moment. */
final class HeldBack extends Exception {
    private static final long serialVersionUID = 1;

    /** whoever was replaced meanwhile does not go on. */
    static void unless(BooleanSupplier mayPerform) throws HeldBack {
        if (!mayPerform.getAsBoolean()) {
            throw new HeldBack();
        }
    }
}
