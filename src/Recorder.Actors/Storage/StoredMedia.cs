using System.Collections.Concurrent;
using Recorder.Contracts;

namespace Recorder.Actors.Storage;

/// <summary>
/// When each recorder's media was last written. The volumes' threads write it and a cluster reads it: a message for each fragment would cost more than
/// what it says.
/// </summary>
internal sealed class StoredMedia(TimeProvider time)
{
    private readonly ConcurrentDictionary<RecorderId, Mark> _marks = new();

    public Mark Of(RecorderId recorder) => _marks.GetOrAdd(recorder, static (_, clock) => new Mark(clock), time);

    public sealed class Mark(TimeProvider time)
    {
        private long _at = long.MinValue;

        /// <summary>The timestamp of the last write; <see cref="long.MinValue"/> for none.</summary>
        public long At => Volatile.Read(ref _at);

        public void Note() => Volatile.Write(ref _at, time.GetTimestamp());
    }
}
