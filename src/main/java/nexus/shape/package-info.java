/**
 * What exactly is sent of an event?
 *
 * <p>Takes an event and what a subscription says about its content, gives {@link nexus.shape.Shaped}: a parcel of content
 * type, headers and bytes, or the reason why there is none. Pure. Never knows where it is sent, and never signs.
 */
@NullMarked
package nexus.shape;

import org.jspecify.annotations.NullMarked;
