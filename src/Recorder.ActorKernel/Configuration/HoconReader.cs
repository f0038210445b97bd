using System.Text;

namespace Recorder.ActorKernel.Configuration;

/// <summary>Reads the subset of HOCON that <see cref="Config"/> describes.</summary>
internal sealed class HoconReader
{
    private readonly string _text;
    private int _at;

    private HoconReader(string text) => _text = text;

    public static Config Read(string text)
    {
        var reader = new HoconReader(text);
        reader.SkipBlank();
        Dictionary<string, object?> root;
        if (reader.Peek() == '{')
        {
            reader._at++;
            root = reader.ReadBlock('}');
        }
        else
        {
            root = reader.ReadBlock('\0');
        }

        reader.SkipBlank();
        if (!reader.AtEnd)
            throw reader.Error("unexpected text after the end");
        Resolve(root, root);
        return new Config(root);
    }

    private bool AtEnd => _at >= _text.Length;

    private static void Resolve(Dictionary<string, object?> root, Dictionary<string, object?> block)
    {
        foreach (var key in block.Keys.ToList())
        {
            if (block[key] is Dictionary<string, object?> inner)
                Resolve(root, inner);
            else if (block[key] is Reference reference)
                block[key] = reference.Find(root);
        }
    }

    private char Peek(int ahead = 0) => _at + ahead < _text.Length ? _text[_at + ahead] : '\0';

    private FormatException Error(string what)
    {
        var line = 1 + _text.AsSpan(0, Math.Min(_at, _text.Length)).Count('\n');
        return new FormatException($"Configuration, line {line}: {what}");
    }

    private void SkipBlank(bool newLines = true)
    {
        while (!AtEnd)
        {
            var c = Peek();
            if (c == '#' || (c == '/' && Peek(1) == '/'))
            {
                while (!AtEnd && Peek() != '\n')
                    _at++;
            }
            else if ((newLines || c != '\n') && (char.IsWhiteSpace(c) || c == '\uFEFF'))
            {
                _at++;
            }
            else
            {
                return;
            }
        }
    }

    private Dictionary<string, object?> ReadBlock(char end)
    {
        var block = new Dictionary<string, object?>();
        while (true)
        {
            SkipBlank();
            if (Peek() == ',')
            {
                _at++;
                continue;
            }

            if (AtEnd)
            {
                return end == '\0' ? block : throw Error("a block is not closed");
            }

            if (Peek() == end)
            {
                _at++;
                return block;
            }

            ReadPair(block);
        }
    }

    private void ReadPair(Dictionary<string, object?> block)
    {
        var names = ReadKey();
        SkipBlank();
        object? value;
        if (Peek() == '{')
        {
            _at++;
            value = ReadBlock('}');
        }
        else if (Peek() is '=' or ':')
        {
            _at++;
            value = ReadValue();
        }
        else
        {
            throw Error($"after [{string.Join('.', names)}] comes neither = nor : nor {{");
        }

        Put(block, names, value);
    }

    private static void Put(Dictionary<string, object?> block, List<string> names, object? value)
    {
        for (var i = 0; i < names.Count - 1; i++)
        {
            if (!block.TryGetValue(names[i], out var next) || next is not Dictionary<string, object?> inner)
                block[names[i]] = inner = [];
            block = inner;
        }

        var last = names[^1];
        block[last] = value is Dictionary<string, object?> over && block.TryGetValue(last, out var old)
            && old is Dictionary<string, object?> under
                ? Config.Merge(under, over)
                : value;
    }

    private List<string> ReadKey()
    {
        var start = _at;
        var quoted = false;
        while (!AtEnd && (quoted || Peek() is not ('=' or ':' or '{' or '\n' or '#' or ',')))
        {
            if (Peek() == '"')
                quoted = !quoted;
            _at++;
        }

        var key = _text[start.._at].Trim();
        return key.Length == 0 ? throw Error("a key is missing") : Config.SplitPath(key);
    }

    private object? ReadValue()
    {
        SkipBlank();
        switch (Peek())
        {
            case '{':
                _at++;
                return ReadBlock('}');
            case '[':
                _at++;
                return ReadList();
            case '$' when Peek(1) == '{':
                return ReadReference();
            default:
                return ReadText();
        }
    }

    private Reference ReadReference()
    {
        var close = _text.IndexOf('}', _at);
        if (close < 0)
            throw Error("a reference is not closed");
        var path = _text[(_at + 2)..close].TrimStart('?').Trim();
        _at = close + 1;
        return new Reference(path);
    }

    private List<object?> ReadList()
    {
        var list = new List<object?>();
        while (true)
        {
            SkipBlank();
            if (AtEnd)
                throw Error("a list is not closed");
            if (Peek() == ']')
            {
                _at++;
                return list;
            }

            if (Peek() == ',')
            {
                _at++;
                continue;
            }

            list.Add(ReadValue());
        }
    }

    private string? ReadText()
    {
        var text = new StringBuilder();
        var quotedOnce = false;
        while (!AtEnd)
        {
            var c = Peek();
            if (c == '"')
            {
                quotedOnce = true;
                ReadQuoted(text);
                continue;
            }

            if (c is '\n' or '\r' or ',' or '}' or ']' or '#' || (c == '/' && Peek(1) == '/'))
                break;
            text.Append(c);
            _at++;
        }

        var value = quotedOnce ? text.ToString() : text.ToString().Trim();
        if (quotedOnce)
            return value.TrimEnd(' ', '\t');
        return value == "null" ? null : value;
    }

    private void ReadQuoted(StringBuilder text)
    {
        if (Peek(1) == '"' && Peek(2) == '"')
        {
            var end = _text.IndexOf("\"\"\"", _at + 3, StringComparison.Ordinal);
            if (end < 0)
                throw Error("a text in three quotes is not closed");
            text.Append(_text, _at + 3, end - _at - 3);
            _at = end + 3;
            return;
        }

        _at++;
        while (Peek() != '"')
        {
            if (AtEnd)
                throw Error("a quoted text is not closed");
            if (Peek() == '\\')
            {
                _at++;
                text.Append(Peek() switch { 'n' => '\n', 't' => '\t', 'r' => '\r', var other => other });
            }
            else
            {
                text.Append(Peek());
            }

            _at++;
        }

        _at++;
    }

    private sealed record Reference(string Path)
    {
        public object? Find(Dictionary<string, object?> root)
        {
            object? at = root;
            foreach (var name in Config.SplitPath(Path))
            {
                if (at is not Dictionary<string, object?> block || !block.TryGetValue(name, out at))
                    return null;
            }

            return at is Reference ? null : at;
        }
    }
}
