using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>A track of an open source. Its packets have its id as <see cref="PacketInfo.Track"/>, and times in units of its time base.</summary>
internal sealed record SourceTrack(int Id, CodecParameters Parameters, Rational TimeBase, TrackDescription Description);

/// <summary>The messages between a capture source and its subscribers, all on one node. Requests go to <c>/user/sources</c>,
/// which forwards them to the source they name; replies come from the source itself. A subscriber receives: <see
/// cref="SourceConnecting"/>* → <see cref="SourceOpened"/> → (<see cref="MediaArrived"/> | track messages | <see
/// cref="SourceLost"/> → <see cref="SourceRestored"/>)* → <see cref="SourceEnded"/>; or <see cref="SourceFailed"/> at any point,
/// after which nothing follows.</summary>
internal static class CaptureProtocol
{
    public interface IRequest { SourceUri Source { get; } }

    /// <summary>Names its <see cref="Attach"/>, so that a subscriber that attaches again recognises late messages.</summary>
    public interface ISourceMessage { long Attachment { get; } }

    public abstract record SourceMessage : ISourceMessage { public long Attachment { get; init; } }

    /// <summary>The reply, without opening the source, is <see cref="Described"/>, now and at every change.</summary>
    public sealed record Describe(SourceUri Source) : IRequest;

    /// <summary>Subscribes from the last key frame on if the source is live and running, else from its beginning. The number
    /// rises with each attachment; a subscriber that sends another one starts again.</summary>
    public sealed record Attach(SourceUri Source, long Attachment = 0) : IRequest;

    /// <summary>Batches under way may still arrive.</summary>
    public sealed record Detach(SourceUri Source) : IRequest;

    /// <summary>Closes the source now if nobody is subscribed to it, instead of after <see cref="CaptureOptions.Linger"/>. Answered with <see
    /// cref="Released"/> once its connection is closed, or at once if somebody is.</summary>
    public sealed record Release(SourceUri Source) : IRequest;

    public sealed record Released;

    /// <summary>Tracks are null while unknown; a refusal is known before the source is opened.</summary>
    public sealed record Described(IReadOnlyList<SourceTrack>? Tracks, bool Ended, MediaError? Refusal = null);

    /// <summary>An attempt (from 1) failed; another follows. The cause is a sentence with credentials masked.</summary>
    public sealed record SourceConnecting(int Attempt, string Cause, TimeSpan RetryIn) : SourceMessage;

    public sealed record SourceOpened(IReadOnlyList<SourceTrack> Tracks) : SourceMessage;

    /// <summary>Packets of all tracks in arrival order. The receiver calls <see cref="Done"/> exactly once, which returns the
    /// native memory and the flow-control credit. Timestamps are in each track's time base, with rising decode times, on one
    /// timeline that continues through reconnects.</summary>
    public sealed class MediaArrived(PacketBatch batch, Action<long>? credit = null, long attachment = 0) : ISourceMessage
    {
        private int _done;

        public long Attachment => attachment;
        public PacketBatch Batch => batch;

        public void Done()
        {
            if (Interlocked.Exchange(ref _done, 1) == 0)
            {
                var bytes = batch.Bytes;
                batch.Release();
                credit?.Invoke(bytes);
            }
        }
    }

    /// <summary>A track appeared, is no longer sent, or has other parameters; all tracks from the next packet on. A program's
    /// changes are reported by <see cref="TrackAdded"/> and <see cref="TrackRemoved"/> instead.</summary>
    public sealed record TracksChanged(IReadOnlyList<SourceTrack> Tracks, string Detail) : SourceMessage;

    public sealed record TrackAdded(SourceTrack Track) : SourceMessage;
    public sealed record TrackRemoved(int Track) : SourceMessage;
    public sealed record TrackEnded(int Track) : SourceMessage;
    public sealed record TrackChanged(SourceTrack Track) : SourceMessage;

    /// <summary>No signal (or disabled). Its packets, if any, are left out meanwhile.</summary>
    public sealed record TrackMuted(int Track, bool Muted) : SourceMessage;

    /// <summary>The source reconnects by itself.</summary>
    public sealed record SourceLost(DateTimeOffset Since, string Cause) : SourceMessage;

    /// <summary>The timeline has a gap. Counts packets left out as perhaps incomplete, not those never sent.</summary>
    public sealed record SourceRestored(DateTimeOffset From, DateTimeOffset To, long Packets = 0) : SourceMessage;

    public sealed record MediaDropped(GapCause Cause, long Packets, DateTimeOffset From, DateTimeOffset To) : SourceMessage
    {
        /// <summary>Media time that is missing; null if only the next packet shows it.</summary>
        public TimeSpan? Missing { get; init; }
    }

    public sealed record TimestampsMended(int Track, string Detail) : SourceMessage;
    public sealed record SourceEnded(string Reason) : SourceMessage;

    /// <summary>Not retried: no such file, no media in it, no permission.</summary>
    public sealed record SourceFailed(MediaError Error) : SourceMessage;
}
