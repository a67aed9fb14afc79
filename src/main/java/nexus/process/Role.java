package nexus.process;

/** A part of Nexus that a process runs. */
public enum Role {
    API,
    CAPTURE,
    DELIVER
}
