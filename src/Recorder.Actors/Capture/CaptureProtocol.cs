using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>One track of an open source, with what a muxer or decoder needs to know about it.</summary>
/// <param name="Id">Number within the source, from 0; the <see cref="PacketInfo.Track"/> of its packets.</param>
/// <param name="Parameters">The codec's parameters; shared and immutable.</param>
/// <param name="TimeBase">The unit of its packets' timestamps, in seconds.</param>
/// <param name="Description">The same for users.</param>
internal sealed record SourceTrack(int Id, CodecParameters Parameters, Rational TimeBase, TrackDescription Description);

/// <summary>
/// The messages between a capture source and its subscribers, all on one node. Requests go to <c>/user/sources</c>, which
/// forwards them to the source they name; replies come from the source itself. A subscriber receives: <see
/// cref="SourceConnecting"/>* → <see cref="SourceOpened"/> → (<see cref="MediaArrived"/> | track messages | <see
/// cref="SourceLost"/> → <see cref="SourceRestored"/>)* → <see cref="SourceEnded"/>; or <see cref="SourceFailed"/> at any point,
/// after which nothing follows.
/// </summary>
internal static class CaptureProtocol
{
    /// <summary>A request to a source.</summary>
    public interface IRequest
    {
        SourceUri Source { get; }
    }

    /// <summary>
    /// A message from a source to a subscriber. It names the <see cref="Attach"/> that it belongs to, so that a subscriber that
    /// attaches again recognises late messages of its earlier attachment.
    /// </summary>
    public interface ISourceMessage
    {
        long Attachment { get; }
    }

    /// <summary>A message without media.</summary>
    public abstract record SourceMessage : ISourceMessage
    {
        public long Attachment { get; init; }
    }

    /// <summary>
    /// Asks what is known about a source without opening it. The reply is <see cref="Described"/>, now and at every change until
    /// <see cref="Detach"/>.
    /// </summary>
    public sealed record Describe(SourceUri Source) : IRequest;

    /// <summary>
    /// Subscribes to the media: from the last key frame on if the source is live and running, else from its beginning. A
    /// subscriber that is already attached and sends another number starts again.
    /// </summary>
    /// <param name="Source">The source.</param>
    /// <param name="Attachment">A number chosen by the sender, rising with each attachment; part of every message to it.</param>
    public sealed record Attach(SourceUri Source, long Attachment = 0) : IRequest;

    /// <summary>Ends the subscription. Batches under way may still arrive.</summary>
    public sealed record Detach(SourceUri Source) : IRequest;

    /// <summary>What is known about a source, which may not be open.</summary>
    /// <param name="Tracks">Its tracks; null while unknown.</param>
    /// <param name="Ended">Whether all tracks have ended for good.</param>
    /// <param name="Refusal">Why the source may not be used, if known before it is opened; null if it may.</param>
    public sealed record Described(IReadOnlyList<SourceTrack>? Tracks, bool Ended, MediaError? Refusal = null);

    /// <summary>An attempt to open or reopen the source failed; another follows.</summary>
    /// <param name="Attempt">From 1.</param>
    /// <param name="Cause">A sentence, with credentials masked.</param>
    /// <param name="RetryIn">Time until the next attempt.</param>
    public sealed record SourceConnecting(int Attempt, string Cause, TimeSpan RetryIn) : SourceMessage;

    /// <summary>The source is open and its tracks are known.</summary>
    /// <param name="Tracks">The tracks that can be recorded: video and audio.</param>
    public sealed record SourceOpened(IReadOnlyList<SourceTrack> Tracks) : SourceMessage;

    /// <summary>
    /// Packets of all tracks in arrival order. The receiver calls <see cref="Done"/> exactly once, which returns the native
    /// memory and the flow-control credit. Timestamps are in each track's time base, with rising decode times, on one timeline
    /// that continues through reconnects.
    /// </summary>
    public sealed class MediaArrived : ISourceMessage
    {
        private readonly Action<long>? _credit;
        private int _done;

        /// <param name="batch">The batch, with a reference for the receiver.</param>
        /// <param name="credit">Called with the batch's bytes when the receiver is done; null for none.</param>
        /// <param name="attachment">The <see cref="Attach.Attachment"/> that it belongs to.</param>
        public MediaArrived(PacketBatch batch, Action<long>? credit = null, long attachment = 0)
        {
            Batch = batch;
            _credit = credit;
            Attachment = attachment;
        }

        public long Attachment { get; }

        public PacketBatch Batch { get; }

        /// <summary>Returns the batch and its credit. A second call does nothing.</summary>
        public void Done()
        {
            if (Interlocked.Exchange(ref _done, 1) == 0)
            {
                var bytes = Batch.Bytes;
                Batch.Release();
                _credit?.Invoke(bytes);
            }
        }
    }

    /// <summary>
    /// The media has other tracks from the next packet on: a track appeared, is no longer sent, or has other parameters. A change
    /// made by a program is reported by <see cref="TrackAdded"/> and <see cref="TrackRemoved"/> instead.
    /// </summary>
    /// <param name="Tracks">All tracks from here on, in the order of the source.</param>
    /// <param name="Detail">A sentence that says what changed.</param>
    public sealed record TracksChanged(IReadOnlyList<SourceTrack> Tracks, string Detail) : SourceMessage;

    /// <summary>A program added a track to the stream.</summary>
    public sealed record TrackAdded(SourceTrack Track) : SourceMessage;

    /// <summary>A program removed a track from the stream.</summary>
    public sealed record TrackRemoved(int Track) : SourceMessage;

    /// <summary>A track ended by itself; the others continue.</summary>
    public sealed record TrackEnded(int Track) : SourceMessage;

    /// <summary>The codec parameters of a track changed, from its next packet on.</summary>
    public sealed record TrackChanged(SourceTrack Track) : SourceMessage;

    /// <summary>A track has no signal (or was disabled), or has it again. Its packets, if any, are left out meanwhile.</summary>
    public sealed record TrackMuted(int Track, bool Muted) : SourceMessage;

    /// <summary>No media since <paramref name="Since"/>; the source reconnects by itself.</summary>
    public sealed record SourceLost(DateTimeOffset Since, string Cause) : SourceMessage;

    /// <summary>Media arrives again. The timeline continues with the gap in it.</summary>
    /// <param name="From">Wall-clock time of the last packet before.</param>
    /// <param name="To">Wall-clock time of the first packet after.</param>
    /// <param name="Packets">
    /// Packets left out at the break because they may be incomplete; packets never sent are not counted.
    /// </param>
    public sealed record SourceRestored(DateTimeOffset From, DateTimeOffset To, long Packets = 0) : SourceMessage;

    /// <summary>Packets were left out: whole GOPs if the receiver was too slow, or damaged packets.</summary>
    public sealed record MediaDropped(GapCause Cause, long Packets, DateTimeOffset From, DateTimeOffset To) : SourceMessage
    {
        /// <summary>Media time that is missing; null if only the next packet shows it.</summary>
        public TimeSpan? Missing { get; init; }
    }

    /// <summary>The timestamps of a track jumped or drifted from packet arrival; the timeline was corrected.</summary>
    /// <param name="Track">The track.</param>
    /// <param name="Detail">A sentence that says what was wrong and what was done.</param>
    public sealed record TimestampsMended(int Track, string Detail) : SourceMessage;

    /// <summary>All tracks ended.</summary>
    public sealed record SourceEnded(string Reason) : SourceMessage;

    /// <summary>The source cannot be captured and will not be retried: no such file, no media in it, no permission.</summary>
    public sealed record SourceFailed(MediaError Error) : SourceMessage;
}
