using System.Collections.Concurrent;
using Recorder.Contracts;

namespace Recorder.Actors.Storage;

/// <summary>
/// When each recorder's media was last written, and how often it lost its source. The volumes' threads and the recorders write it and a cluster reads
/// it: a message for each fragment would cost more than what it says.
/// </summary>
internal sealed class StoredMedia(TimeProvider time)
{
    private readonly ConcurrentDictionary<RecorderId, Mark> _marks = new();

    public Mark Of(RecorderId recorder) => _marks.GetOrAdd(recorder, static (_, clock) => new Mark(clock), time);

    public sealed class Mark(TimeProvider time)
    {
        private long _at = long.MinValue;
        private long _losses;

        /// <summary>The timestamp of the last write; <see cref="long.MinValue"/> for none.</summary>
        public long At => Volatile.Read(ref _at);

        /// <summary>How often the source was lost.</summary>
        public long Losses => Interlocked.Read(ref _losses);

        public void NoteLoss() => Interlocked.Increment(ref _losses);

        public void Note() => Volatile.Write(ref _at, time.GetTimestamp());
    }
}
