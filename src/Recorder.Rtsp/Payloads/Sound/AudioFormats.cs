namespace Recorder.Rtsp.Payloads;

internal static class AudioFormats
{
    private const int MostChannels = 8;

    /// <param name="encoding">In capital letters.</param>
    public static PayloadFormat? Find(string encoding, int clockRate, int channels, Func<string, string?> parameter)
    {
        channels = Math.Clamp(channels, 0, MostChannels);
        return encoding switch
        {
            "MPEG4-GENERIC" => Aac(clockRate, channels, parameter),
            "MP4A-LATM" => Latm(clockRate, channels, parameter),
            "OPUS" => Opus(channels, parameter),
            "MPA" => MpegAudio(clockRate, parameter),
            "PCMU" => Samples("pcm_mulaw", clockRate, channels, 8),
            "PCMA" => Samples("pcm_alaw", clockRate, channels, 8),
            "L8" => Samples("pcm_u8", clockRate, channels, 8),
            "L16" => Samples("pcm_s16be", clockRate, channels, 16),
            "L24" => Samples("pcm_s24be", clockRate, channels, 24),
            "G722" => G722(),
            "G726-16" or "G726-24" or "G726-32" or "G726-40" => G726("adpcm_g726le", clockRate, encoding),
            "AAL2-G726-16" or "AAL2-G726-24" or "AAL2-G726-32" or "AAL2-G726-40" => G726("adpcm_g726", clockRate, encoding),
            _ => null,
        };
    }

    private static PayloadFormat? Aac(int clockRate, int channels, Func<string, string?> parameter)
    {
        var mode = parameter("mode")?.Trim() ?? "";
        if (mode.StartsWith("CELP", StringComparison.OrdinalIgnoreCase))
            return null;

        var low = mode.Equals("AAC-lbr", StringComparison.OrdinalIgnoreCase);
        var size = parameter.Number("sizelength");
        var header = size is > 0 and <= 16
            ? new AccessUnitHeader(size.Value, Bits(parameter.Number("indexlength")), Bits(parameter.Number("indexdeltalength")))
            : low ? new AccessUnitHeader(6, 2, 2) : new AccessUnitHeader(13, 3, 3);

        var config = ReadConfig(parameter) ?? AudioSpecificConfig.Make(clockRate, channels);
        var format = Aac(config, clockRate, channels);
        var duration = config.Duration(format.ClockRate);
        return new PayloadFormat(format, (buffer, sink) => new AacDepacketizer(buffer, sink, header, duration));
    }

    private static PayloadFormat Latm(int clockRate, int channels, Func<string, string?> parameter)
    {
        // In the stream only if the description says so: many servers leave cpresent out and send a config all the same.
        var inBand = parameter.Number("cpresent") == 1;
        var mux = parameter.Hex("config") is { } bytes ? StreamMux.Read(bytes, 0) : null;
        var config = mux?.Config ?? AudioSpecificConfig.Make(clockRate, channels);
        mux ??= inBand ? null : new StreamMux(config, SubFrames: 1, OtherDataBits: 0, BitLength: 0);
        var format = Aac(config, clockRate, channels);
        return new PayloadFormat(format, (buffer, sink) => new LatmDepacketizer(buffer, sink, mux, inBand, format.ClockRate));
    }

    private static AudioSpecificConfig? ReadConfig(Func<string, string?> parameter)
        => parameter.Hex("config") is { } bytes ? AudioSpecificConfig.Read(bytes) : null;

    private static TrackFormat Aac(AudioSpecificConfig config, int clockRate, int channels)
        => new(TrackKind.Audio, "aac", clockRate > 0 ? clockRate : config.CoreRate)
        {
            SampleRate = config.SampleRate,
            Channels = config.Channels > 0 ? config.Channels : Math.Max(1, channels),
            Header = config.Bytes,
        };

    private static int Bits(int? length) => length is >= 0 and <= 16 ? length.Value : 0;

    private static PayloadFormat Opus(int channels, Func<string, string?> parameter)
    {
        // The description always says two channels; without sprop-stereo that is right for whatever is sent.
        var count = parameter.Number("sprop-stereo") switch { 0 => 1, 1 => 2, _ => channels == 1 ? 1 : 2 };
        return new PayloadFormat(
            new TrackFormat(TrackKind.Audio, "opus", OpusDepacketizer.ClockRate)
            {
                SampleRate = OpusDepacketizer.ClockRate,
                Channels = count,
                Header = OpusDepacketizer.Header(count),
            },
            (buffer, sink) => new OpusDepacketizer(buffer, sink));
    }

    private static PayloadFormat MpegAudio(int clockRate, Func<string, string?> parameter)
    {
        var rate = clockRate > 0 ? clockRate : 90_000;
        return new PayloadFormat(
            new TrackFormat(TrackKind.Audio, parameter.Number("layer") is 1 or 2 ? "mp2" : "mp3", rate),
            (buffer, sink) => new MpegAudioDepacketizer(buffer, sink, rate));
    }

    private static PayloadFormat Samples(string codec, int clockRate, int channels, int bits)
    {
        var (rate, count) = (clockRate > 0 ? clockRate : 8000, Math.Max(1, channels));
        return new PayloadFormat(
            new TrackFormat(TrackKind.Audio, codec, rate) { SampleRate = rate, Channels = count },
            (buffer, sink) => new SampleDepacketizer(buffer, sink, bits * count, bits * count));
    }

    // The clock of G.722 is 8 kHz by mistake (RFC 3551 section 4.5.2): a byte is a unit of it, and two samples.
    private static PayloadFormat G722() => new(
        new TrackFormat(TrackKind.Audio, "adpcm_g722", 8000) { SampleRate = 16_000, Channels = 1 },
        (buffer, sink) => new SampleDepacketizer(buffer, sink, 8, 8));

    private static PayloadFormat G726(string codec, int clockRate, string encoding)
    {
        var rate = clockRate > 0 ? clockRate : 8000;
        var bits = encoding[^2..] switch { "16" => 2, "24" => 3, "32" => 4, _ => 5 };
        return new PayloadFormat(
            new TrackFormat(TrackKind.Audio, codec, rate) { SampleRate = rate, Channels = 1, BitsPerSample = bits },
            (buffer, sink) => new SampleDepacketizer(buffer, sink, 8, bits));
    }
}
