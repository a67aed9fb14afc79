package nexus.queue.backlog;

/** The right of this process to deliver its shards during one term. */
interface Tenancy {
    /** Whether it is valid and a request may be sent now. Thread-safe. */
    boolean isHeld();

    /** Reports that a shard to be released has no delivery in progress any more. */
    void drained(int shard);

    /** Reports the number of outcomes that the store refused because another process has taken over. */
    void refused(int outcomes);
}
