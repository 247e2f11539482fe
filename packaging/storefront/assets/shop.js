// Comfort in the browser. Every page works without it, and it decides nothing.
'use strict';

function make(tag, text, properties) {
  const element = document.createElement(tag);
  element.textContent = text;
  return Object.assign(element, properties);
}

// "data-confirm": asks before a form is sent.
const dialog = document.createElement('dialog');
const question = make('p', '', { id: 'dialog-question' });
let onYes = null;

function buildDialog() {
  const buttons = make('div', '', { className: 'buttons' });
  const no = make('button', 'No', { type: 'button', className: 'button button-quiet' });
  const yes = make('button', 'Yes', { type: 'button', className: 'button' });
  no.addEventListener('click', () => dialog.close());
  yes.addEventListener('click', () => {
    dialog.close();
    onYes();
  });
  buttons.append(no, yes);
  dialog.setAttribute('aria-labelledby', question.id);
  dialog.append(question, buttons);
  document.body.append(dialog);
}

function confirmFirst(event) {
  const form = event.target;
  const button = event.submitter;
  const asked = (button && button.dataset.confirm) || form.dataset.confirm;
  if (!asked || form.dataset.confirmed || typeof dialog.showModal !== 'function') return;
  event.preventDefault();
  if (!dialog.isConnected) buildDialog();
  question.textContent = asked;
  onYes = () => {
    form.dataset.confirmed = 'yes';
    form.requestSubmit(button);
    delete form.dataset.confirmed;
  };
  dialog.showModal();
}

// "data-once": a second click sends nothing. The page may come back from the browser's memory.
function sendOnce(event) {
  const form = event.target;
  if (event.defaultPrevented || !('once' in form.dataset)) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = 'yes';
}

function forgetSent() {
  for (const form of document.querySelectorAll('[data-sent]')) delete form.dataset.sent;
}

// "stepper": buttons beside a number. A keyboard has the arrow keys for it.
function addStepper(frame) {
  const input = frame.querySelector('input');
  const step = (by) => {
    const before = input.value;
    if (by < 0) input.stepDown();
    else input.stepUp();
    if (input.value !== before) input.dispatchEvent(new Event('change', { bubbles: true }));
  };
  const less = make('button', '−', { type: 'button', tabIndex: -1, ariaLabel: 'Fewer' });
  const more = make('button', '+', { type: 'button', tabIndex: -1, ariaLabel: 'More' });
  less.addEventListener('click', () => step(-1));
  more.addEventListener('click', () => step(1));
  frame.append(less, more);
}

// "data-auto-submit": a form goes off a moment after the last change.
function autoSubmit(form) {
  let timer = 0;
  form.addEventListener('change', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (form.checkValidity()) form.requestSubmit();
    }, 700);
  });
}

// "data-validate": says what is wrong when a field is left, not while somebody still types.
function errorOf(input) {
  const id = input.id + '-error';
  let error = document.getElementById(id);
  if (!error) {
    error = make('p', '', { id, className: 'field-error', hidden: true });
    (input.closest('.field') || input.parentNode).append(error);
    const others = input.getAttribute('aria-describedby');
    input.setAttribute('aria-describedby', others ? others + ' ' + id : id);
  }
  return error;
}

function reasonOf(input) {
  const is = input.validity;
  if (is.valueMissing) return 'Please fill this in.';
  if (is.tooShort) return `At least ${input.minLength} characters, please.`;
  if (is.typeMismatch && input.type === 'email') return 'Write an address like ada@example.org.';
  if (is.rangeUnderflow) return `At least ${input.min}, please.`;
  if (is.rangeOverflow) return `At most ${input.max}, please.`;
  return input.validationMessage;
}

function judge(input) {
  const good = input.validity.valid;
  if (good && !input.hasAttribute('aria-invalid')) return;
  const error = errorOf(input);
  error.textContent = good ? '' : reasonOf(input);
  error.hidden = good;
  if (good) input.removeAttribute('aria-invalid');
  else input.setAttribute('aria-invalid', 'true');
}

function validate(form) {
  const fields = () => [...form.elements].filter((input) => input.id && input.willValidate);
  form.noValidate = true;
  form.addEventListener('focusout', (event) => {
    const input = event.target;
    // Not on the way to a button: it would move from under the pointer, and looks at all fields.
    const to = event.relatedTarget;
    if (to && to.type === 'submit') return;
    if (input.id && input.willValidate && input.value) judge(input);
  });
  form.addEventListener('input', (event) => {
    const input = event.target;
    if (input.id && input.willValidate && input.validity.valid) judge(input);
  });
  form.addEventListener('submit', (event) => {
    fields().forEach(judge);
    const wrong = fields().find((input) => !input.validity.valid);
    if (!wrong) return;
    event.preventDefault();
    event.stopPropagation();
    const folded = wrong.closest('details');
    if (folded) folded.open = true;
    wrong.focus();
  });
}

// "data-drop": a picture by drag and drop, shown at once, and made smaller where it is huge. The
// server checks it in any case.
async function smaller(file, pixels) {
  const picture = await createImageBitmap(file);
  const factor = pixels / Math.max(picture.width, picture.height);
  if (factor >= 1) return file;
  const canvas = make('canvas', '', {
    width: Math.round(picture.width * factor),
    height: Math.round(picture.height * factor),
  });
  canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
  const type = file.type === 'image/png' ? 'image/png' : 'image/jpeg';
  const blob = await new Promise((done) => canvas.toBlob(done, type, 0.9));
  if (!blob || blob.size >= file.size) return file;
  return new File([blob], file.name, { type: blob.type });
}

function showPreview(frame, preview, said, file) {
  const reader = new FileReader();  // a data: address, which the page's policy allows
  reader.addEventListener('load', () => {
    preview.src = reader.result;
    preview.hidden = false;
  });
  reader.readAsDataURL(file);
  said.textContent = `${file.name}, ${Math.max(1, Math.round(file.size / 1024))} KB`;
}

function addDrop(frame) {
  const input = frame.querySelector('input[type="file"]');
  const preview = make('img', '', { alt: 'The picture that was chosen', hidden: true });
  const said = make('output', 'Or drop a picture here.');
  frame.append(said, preview);

  const take = async (file) => {
    if (!input.accept.split(',').includes(file.type)) {
      said.textContent = 'That is no JPEG, PNG or WebP picture.';
      preview.hidden = true;
      input.value = '';
      return;
    }
    let chosen = file;
    try {
      chosen = await smaller(file, Number(frame.dataset.maxPixels));
    } catch {
      // As it is, then: the server says what is wrong with it.
    }
    const list = new DataTransfer();
    list.items.add(chosen);
    input.files = list.files;
    showPreview(frame, preview, said, chosen);
    judge(input);
  };

  input.addEventListener('change', () => input.files[0] && take(input.files[0]));
  for (const name of ['dragenter', 'dragover'])
    frame.addEventListener(name, (event) => {
      event.preventDefault();
      frame.classList.add('is-over');
    });
  frame.addEventListener('dragleave', () => frame.classList.remove('is-over'));
  frame.addEventListener('drop', (event) => {
    event.preventDefault();
    frame.classList.remove('is-over');
    if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
  });
}

// "/" goes to the search; Escape closes an open menu.
function onKey(event) {
  const typing = event.target.closest('input, textarea, select, [contenteditable]');
  if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const search = document.querySelector('input[type="search"]');
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  }
  const menu = document.querySelector('.menu[open]');
  if (event.key === 'Escape' && menu) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
}

function closeMenus(event) {
  for (const menu of document.querySelectorAll('.menu[open]'))
    if (!menu.contains(event.target)) menu.open = false;
}

// The row of categories starts at the one that is shown.
function showCurrent(list) {
  const current = list.querySelector('[aria-current]');
  if (current) list.scrollLeft = current.offsetLeft - list.offsetLeft - 16;
}

document.querySelectorAll('[data-validate]').forEach(validate);
document.querySelectorAll('.stepper').forEach(addStepper);
document.querySelectorAll('[data-auto-submit]').forEach(autoSubmit);
document.querySelectorAll('[data-drop]').forEach(addDrop);
document.querySelectorAll('.site-nav ul, .office-nav ul').forEach(showCurrent);
for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}
document.addEventListener('submit', confirmFirst);
document.addEventListener('submit', sendOnce);
document.addEventListener('keydown', onKey);
document.addEventListener('click', closeMenus);
window.addEventListener('pageshow', forgetSent);
