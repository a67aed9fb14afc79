package nexus.page.story;

/** The status of a delivery, as the API names it. */
public enum Status {
    PENDING,
    SENT,
    FAILED,
    DEAD
}
