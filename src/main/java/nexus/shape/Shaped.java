package nexus.shape;

/** An event as a subscription asked for it, or the reason why it has no such form. */
public sealed interface Shaped permits Parcel, Unshapable {}
