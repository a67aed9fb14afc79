/**
 * What exactly is sent of an event?
 *
 * <p>Takes an event and what a subscription says about its content, gives a {@link nexus.shape.Parcel}: content type,
 * headers and bytes. Pure. Never knows where it is sent, and never signs.
 */
@NullMarked
package nexus.shape;

import org.jspecify.annotations.NullMarked;
