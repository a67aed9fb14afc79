package nexus.template;

/** What a template gave for one event. */
public sealed interface Rendered<T> {
    record Made<T>(T value) implements Rendered<T> {}

    /** @param message names the place in the template, and never a value of the event */
    record Failed<T>(String message) implements Rendered<T> {}
}
