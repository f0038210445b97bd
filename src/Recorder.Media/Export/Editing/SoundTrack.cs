using Recorder.FFmpeg;
using Recorder.Media.Mp4;

namespace Recorder.Media.Export.Editing;

/// <summary>Copies a track of sound, with silence where it is missing.</summary>
internal sealed class SoundTrack
{
    private readonly int _index;
    private readonly CodecParameters _parameters;
    private readonly SilentSound? _silence;
    private readonly SoundLine _line;
    private readonly double _scale;
    private readonly long _zero;

    /// <param name="index">Its index in the file.</param>
    /// <param name="zero">When the file begins.</param>
    /// <param name="scale">What times after that are multiplied with, so that sound follows the frames of a camera whose clock drifts.</param>
    public SoundTrack(ExportTrack track, int index, TimeSpan zero, double scale)
    {
        (_index, _parameters, _scale) = (index, track.First.Parameters, scale);
        TimeBase = _parameters.SampleRate > 0 ? new Rational(1, _parameters.SampleRate) : track.First.TimeBase;
        _silence = SilenceOf(_parameters);
        _zero = TimeBase.FromTimeSpan(zero);
        _line = new SoundLine(TimeBase, 0, _silence, _silence is not null || track.First.TimeBase == TimeBase);
    }

    public Rational TimeBase { get; }

    public EditSound Report => _line.Report(_parameters.Codec);

    /// <param name="add">Gets each packet in a batch that it releases.</param>
    public void Add(ExportPacket packet, Action<int, PacketBatch, PacketTimes, TimeSpan> add)
    {
        var shown = (long)Math.Round((packet.TimeBase.Rescale(packet.Shown, TimeBase) - _zero) * _scale);
        if (_line.Next(shown, DurationOf(packet)) is not { } place)
            return;

        for (var i = 0; i < place.Silent; i++)
        {
            var batch = PacketBatch.Rent();
            batch.Add(_silence!.Frame, _index, 0, 0, 0, key: true);
            Add(batch, place.From + (i * (long)_silence.FrameDuration), _silence.FrameDuration);
        }

        Add(packet.Keep(), place.At, place.Duration);

        void Add(PacketBatch batch, long at, long duration) => add(_index, batch, new PacketTimes(at, at, duration), TimeBase.ToTimeSpan(at));
    }

    private static SilentSound? SilenceOf(CodecParameters sound)
    {
        var rate = (uint)sound.SampleRate;
        return sound.Codec switch
        {
            "aac" => SilentSound.OfAac(sound.CopyExtraData(), rate),
            "opus" => SilentSound.OfOpus(sound.Channels, rate),
            "pcm_alaw" => Samples(0xd5),
            "pcm_mulaw" => Samples(0xff),
            _ when BytesPerSample(sound.Codec) > 0 => Samples(0),
            _ => null,
        };

        SilentSound? Samples(byte value)
        {
            var frames = rate / 50;
            var bytes = new byte[frames * BytesPerSample(sound.Codec) * sound.Channels];
            Array.Fill(bytes, value);
            return bytes.Length == 0 ? null : new SilentSound(sound.Codec, rate, sound.Channels, bytes, frames);
        }
    }

    private static int BytesPerSample(string codec) => codec switch
    {
        "pcm_alaw" or "pcm_mulaw" => 1,
        "pcm_s16le" or "pcm_s16be" => 2,
        "pcm_s24le" => 3,
        "pcm_s32le" => 4,
        _ => 0,
    };

    // A container may round a duration; what the codec says is exact.
    private long DurationOf(ExportPacket packet)
    {
        var bytes = BytesPerSample(_parameters.Codec) * _parameters.Channels;
        return bytes > 0 ? packet.Info.Size / bytes
            : _silence is { Codec: "aac" } ? _silence.FrameDuration
            : packet.TimeBase.Rescale(packet.Info.Duration, TimeBase);
    }
}
