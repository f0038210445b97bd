using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

/// <summary>An AVDictionary for the length of one call.</summary>
internal sealed unsafe class NativeOptions : IDisposable
{
    private AVDictionary* _pointer;

    public NativeOptions(IEnumerable<KeyValuePair<string, string>> options)
    {
        foreach (var (key, value) in options)
            Set(key, value);
    }

    public AVDictionary* Pointer
    {
        get => _pointer;
        set => _pointer = value;
    }

    public void Set(string key, string value)
    {
        fixed (AVDictionary** pointer = &_pointer)
            NativeError.Check(ffmpeg.av_dict_set(pointer, key, value, 0), $"Option {key}");
    }

    /// <summary>What is left: after a call, what FFmpeg did not know.</summary>
    public List<string> Keys()
    {
        var keys = new List<string>();
        AVDictionaryEntry* entry = null;
        while ((entry = ffmpeg.av_dict_get(_pointer, "", entry, ffmpeg.AV_DICT_IGNORE_SUFFIX)) != null)
            keys.Add(Marshal.PtrToStringUTF8((nint)entry->key)!);
        return keys;
    }

    public static string? Get(AVDictionary* dictionary, string key)
    {
        var entry = ffmpeg.av_dict_get(dictionary, key, null, 0);
        return entry == null ? null : Marshal.PtrToStringUTF8((nint)entry->value);
    }

    public void Dispose()
    {
        fixed (AVDictionary** pointer = &_pointer)
            ffmpeg.av_dict_free(pointer);
    }
}
