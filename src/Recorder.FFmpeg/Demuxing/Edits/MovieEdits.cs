namespace Recorder.FFmpeg;

/// <summary>Removes packets that a movie's edit list hides: a container that grows cannot hide them again.</summary>
internal sealed unsafe class MovieEdits(Func<int, StreamInfo> streams) : IDisposable
{
    // AV_PKT_FLAG_DISCARD.
    private const int Hidden = 4;

    private readonly Dictionary<int, Track> _tracks = [];

    /// <summary>The number of tracks whose codec header differs from the movie's.</summary>
    public int NewHeaders => _tracks.Values.Count(track => track.Video?.Parameters is not null);

    public CodecParameters? ParametersOf(int stream) => _tracks.GetValueOrDefault(stream)?.Video?.Parameters;

    /// <summary>Whether a packet is hidden, or follows hidden ones whose effect has not ended.</summary>
    public bool Concerns(AVPacket* packet) => (packet->flags & Hidden) != 0 || (_tracks.Count > 0 && _tracks.ContainsKey(packet->stream_index));

    public void Add(PacketBatch batch, int index, PacketBatch output)
    {
        var packet = batch.Packet(index);
        var isHidden = (packet->flags & Hidden) != 0;
        if (!_tracks.TryGetValue(packet->stream_index, out var track))
            _tracks.Add(packet->stream_index, track = new Track(streams(packet->stream_index)));
        track.Add(batch, index, isHidden, output);
        // Audio is hidden only at the beginning and at the end, so the packets in between need no attention.
        if (!isHidden && track.Video is null)
            _tracks.Remove(packet->stream_index);
    }

    public void Finish(PacketBatch output)
    {
        foreach (var track in _tracks.Values)
            track.Video?.Finish(output);
        Reset();
    }

    public void Reset()
    {
        foreach (var track in _tracks.Values)
            track.Reset();
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
        private PacketBatch? _lastHidden;

        /// <summary>Makes shown frames decodable without hidden ones; null for audio, and if encoding is impossible.</summary>
        public GopReencoder? Video { get; } = stream.Parameters.Kind == MediaKind.Video ? GopReencoder.For(stream) : null;

        public void Add(PacketBatch batch, int index, bool isHidden, PacketBatch output)
        {
            if (Video is not null)
                Video.Add(batch, index, isHidden, output);
            else if (stream.Parameters.Kind == MediaKind.Video)
                output.Append(batch, index);
            else
                AddAudio(batch, index, isHidden, output);
        }

        public void Reset()
        {
            DropHidden();
            Video?.Reset();
        }

        // An audio decoder needs one packet before the first that is heard, and none behind the last.
        private void AddAudio(PacketBatch batch, int index, bool isHidden, PacketBatch output)
        {
            var packet = batch[index];
            if (!isHidden && _lastHidden is { } hidden && Math.Abs(hidden[0].Dts + hidden[0].Duration - packet.Dts) <= _adjacent)
                output.Append(hidden, 0);
            DropHidden();
            if (isHidden)
                (_lastHidden = PacketBatch.Rent()).Append(batch, index);
            else
                output.Append(batch, index);
        }

        private void DropHidden()
        {
            _lastHidden?.Release();
            _lastHidden = null;
        }
    }
}
