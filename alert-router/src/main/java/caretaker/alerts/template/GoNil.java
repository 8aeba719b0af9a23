package caretaker.alerts.template;

/** Go's nil without a type, and the value that is not there. */
enum GoNil {
    NIL
}
