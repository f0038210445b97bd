using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace Recorder.Contracts.Json;

/// <summary>How <see cref="RecorderOptions"/> is read from JSON: an option that the text leaves out has its default.</summary>
internal static class OptionsContract
{
    // A generated reader sets every init-only property, absent ones to the default of their type: a text with only a MIME type
    // would mean fragments of 0 s and no memory.
    public static void KeepDefaults(JsonTypeInfo type)
    {
        if (type.Type != typeof(RecorderOptions))
            return;

        type.CreateObject = () => new RecorderOptions();
        foreach (var option in type.Properties)
        {
            var property = (PropertyInfo)option.AttributeProvider!;
            option.Set = property.SetValue;
        }
    }
}
