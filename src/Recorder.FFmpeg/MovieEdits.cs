namespace Recorder.FFmpeg;

/// <summary>
/// Leaves out what the edit list of a movie hides. FFmpeg gives it out, flagged, because what is shown may not be decodable without it; a
/// container that grows cannot hide it again.
/// </summary>
internal sealed unsafe class MovieEdits(Func<int, StreamInfo> streams) : IDisposable
{
    private const int Hidden = 4;

    private readonly Dictionary<int, Track> _tracks = [];

    /// <summary>How many tracks have another codec header than the movie says.</summary>
    public int NewHeaders
    {
        get
        {
            var headers = 0;
            foreach (var track in _tracks.Values)
            {
                headers += track.Video?.Parameters is null ? 0 : 1;
            }
            return headers;
        }
    }

    public CodecParameters? ParametersOf(int stream) => _tracks.GetValueOrDefault(stream)?.Video?.Parameters;

    /// <summary>Whether a packet is not simply one that is shown.</summary>
    public bool Concerns(AVPacket* packet) => (packet->flags & Hidden) != 0 || (_tracks.Count > 0 && _tracks.ContainsKey(packet->stream_index));

    /// <summary>Takes a packet that concerns it; what is to be read comes out, now or later.</summary>
    public void Add(PacketBatch batch, int index, PacketBatch output)
    {
        var packet = batch.Packet(index);
        var isHidden = (packet->flags & Hidden) != 0;
        if (!_tracks.TryGetValue(packet->stream_index, out var track))
            _tracks.Add(packet->stream_index, track = new Track(streams(packet->stream_index)));
        track.Add(batch, index, isHidden, output);
        // What is hidden of sound is at its beginning or at its end: all between passes by.
        if (!isHidden && track.Video is null)
            _tracks.Remove(packet->stream_index);
    }

    /// <summary>The movie is at its end.</summary>
    public void Finish(PacketBatch output)
    {
        foreach (var track in _tracks.Values)
        {
            track.Video?.Finish(output);
        }
        Reset();
    }

    /// <summary>It begins anew.</summary>
    public void Reset()
    {
        foreach (var track in _tracks.Values)
        {
            track.Reset();
        }
    }

    public void Dispose()
    {
        foreach (var track in _tracks.Values)
        {
            track.Reset();
            track.Video?.Dispose();
        }
        _tracks.Clear();
    }

    private sealed class Track(StreamInfo stream)
    {
        private readonly long _adjacent = Math.Max(1, stream.TimeBase.FromTimeSpan(TimeSpan.FromMilliseconds(1)));
        private PacketBatch? _held;

        /// <summary>Makes shown pictures decodable without those that are hidden; null where that cannot be.</summary>
        public EditedVideo? Video { get; } = stream.Parameters.Kind == MediaKind.Video ? EditedVideo.For(stream) : null;

        public void Add(PacketBatch batch, int index, bool isHidden, PacketBatch output)
        {
            if (Video is not null)
                Video.Add(batch, index, isHidden, output);
            else if (stream.Parameters.Kind == MediaKind.Video)
                output.Append(batch, index);
            else
                AddSound(batch, index, isHidden, output);
        }

        public void Reset()
        {
            Drop();
            Video?.Reset();
        }

        // A sound decoder needs one packet before the first that is heard, no more; at the end none.
        private void AddSound(PacketBatch batch, int index, bool isHidden, PacketBatch output)
        {
            var packet = batch[index];
            if (!isHidden && _held is { } held && Math.Abs(held[0].Dts + held[0].Duration - packet.Dts) <= _adjacent)
                output.Append(held, 0);
            Drop();
            if (isHidden)
                (_held = PacketBatch.Rent()).Append(batch, index);
            else
                output.Append(batch, index);
        }

        private void Drop()
        {
            _held?.Release();
            _held = null;
        }
    }
}
