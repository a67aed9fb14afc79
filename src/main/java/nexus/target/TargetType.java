package nexus.target;

/** The catalogue of targets. Each has one {@link Sender}; the names are part of the API. */
public enum TargetType {
    WEBHOOK
}
